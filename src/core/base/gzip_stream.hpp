// A gzip file's text: all of its members, whole, or an error.
#pragma once
#include <memory>

#include "base/byte_stream.hpp"
#include "base/streams.hpp"

namespace clustcr {

// Of a build with zlib only. What follows the last member may be zeros, with
// which tapes and some programs fill up, and nothing else.
std::unique_ptr<ByteStream> unpack_gzip(FileHandle file);

}  // namespace clustcr
