#pragma once

#include <string_view>

namespace overture::whatsapp {

/// A number in E.164 of the United States and their territories: +1, and no area code of another country of that plan.
bool isOfTheUnitedStates(std::string_view number);

}  // namespace overture::whatsapp
