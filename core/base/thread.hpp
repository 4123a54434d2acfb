#pragma once

namespace overture {

/// From now on this thread yields its processor to all others of the machine (nice 10). There is no way back.
void yieldToOthers();

/// Gives back what memory this thread holds and does not use: pages of its stack below the caller, and what the allocator keeps
/// for it. They come back, empty, when they are touched again. For a thread that is about to wait for long.
void giveBackMemory();

}  // namespace overture
