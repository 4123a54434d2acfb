#define ID "capability_not_in_manifest"
#define CAPABILITIES OVERTURE_CARRIER_MESSAGE, OVERTURE_MODEL_CHAT
#include "../healthy.h"
