// Threads that sleep until there is work. Those of OpenMP's runtime spin while
// they wait, and beside other processes a fifth of all processor time went into
// that.
#pragma once
#include <functional>

namespace clustcr {

// work(i) on the calling thread with i = 0, and side by side on others with
// i = 1 .. threads - 1 as they wake: whoever calls must be done with any number
// of them, as the others may come late, or not at all. Returns when all that
// have begun have ended. `work` must not throw. Of calls within calls, or from
// several threads at once, one has the team; the others do their work alone.
// meanwhile() is called some times a second while the calling thread waits for
// others; it must not throw either.
void run_team(int threads, const std::function<void(int)>& work,
              const std::function<void()>& meanwhile);

// Ends the threads; the next call begins others. Nobody may be in a call. The
// library's end does the same, but on Windows, where it must be done before.
void end_team();

}  // namespace clustcr
