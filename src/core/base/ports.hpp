// How the core talks to its host (R, a unit test, a fuzzer): progress out,
// cancellation in. Null defaults, so that the core runs without any host.
#pragma once
#include <cstddef>

namespace clustcr {

class Host {
 public:
  virtual ~Host() = default;
  // `done` of `total` units of the current step; called on the main thread.
  virtual void progress(std::size_t /*done*/, std::size_t /*total*/) {}
  // True when the caller wants to stop; called on the main thread only,
  // because R may be touched by no other.
  virtual bool cancelled() { return false; }
  // Frees what the host does not need, before a computation takes much memory;
  // called on the main thread only.
  virtual void make_room() {}
};

// What a computation may use: one thread budget and one host, passed down
// from the entry point instead of being looked up on the way.
struct Execution {
  int threads = 1;
  Host* host = nullptr;
};

}  // namespace clustcr
