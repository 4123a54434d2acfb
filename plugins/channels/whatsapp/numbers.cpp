#include "numbers.hpp"

#include <algorithm>
#include <array>

namespace overture::whatsapp {
namespace {

/// Area codes of +1 outside of the United States: Canada, the Caribbean, Bermuda.
constexpr std::array<int, 77> kElsewhere{
    204, 226, 236, 242, 246, 249, 250, 257, 263, 264, 268, 284, 289, 306, 343, 345, 354, 365, 367, 368,
    382, 387, 403, 416, 418, 428, 431, 437, 438, 441, 450, 468, 473, 474, 506, 514, 519, 548, 579, 581,
    584, 587, 604, 613, 639, 647, 649, 658, 664, 672, 683, 705, 709, 721, 742, 753, 758, 767, 778, 780,
    782, 784, 807, 809, 819, 825, 829, 849, 867, 868, 869, 873, 876, 879, 902, 905, 942};
static_assert(std::is_sorted(kElsewhere.begin(), kElsewhere.end()));

}  // namespace

bool isOfTheUnitedStates(std::string_view number) {
    if (!number.starts_with("+1") || number.size() < 5) return false;
    int area = 0;
    for (const char c : number.substr(2, 3)) area = area * 10 + (c - '0');
    return !std::binary_search(kElsewhere.begin(), kElsewhere.end(), area);
}

}  // namespace overture::whatsapp
