#pragma once

#include <overture/host_websocket.h>

namespace overture::plugin {

/// host.websocket/1 over the sockets of the host's services.
const overture_host_websocket_t& webSocketService();

}  // namespace overture::plugin
