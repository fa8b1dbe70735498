// A bound without the package: `tcrdist FILE RADIUS` compares all pairs of the
// CDR3s of FILE (a line each, CDR3 <tab> V gene; nothing behind the tab where V
// genes do not count) that have the same V gene and lengths that can be near
// enough, 32 at a time by AVX2. Prints the seconds and how many pairs are
// within RADIUS, one thread. Compile with -mavx2.
#include <immintrin.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr char kResidues[] = "ARNDCQEGHILKMFPSTWYV";
constexpr int kScores[20][20] = {
    {4, -1, -2, -2, 0, -1, -1, 0, -2, -1, -1, -1, -1, -2, -1, 1, 0, -3, -2, 0},
    {-1, 5, 0, -2, -3, 1, 0, -2, 0, -3, -2, 2, -1, -3, -2, -1, -1, -3, -2, -3},
    {-2, 0, 6, 1, -3, 0, 0, 0, 1, -3, -3, 0, -2, -3, -2, 1, 0, -4, -2, -3},
    {-2, -2, 1, 6, -3, 0, 2, -1, -1, -3, -4, -1, -3, -3, -1, 0, -1, -4, -3, -3},
    {0,  -3, -3, -3, 9,  -3, -4, -3, -3, -1,
     -1, -3, -1, -2, -3, -1, -1, -2, -2, -1},
    {-1, 1, 0, 0, -3, 5, 2, -2, 0, -3, -2, 1, 0, -3, -1, 0, -1, -2, -1, -2},
    {-1, 0, 0, 2, -4, 2, 5, -2, 0, -3, -3, 1, -2, -3, -1, 0, -1, -3, -2, -2},
    {0,  -2, 0,  -1, -3, -2, -2, 6,  -2, -4,
     -4, -2, -3, -3, -2, 0,  -2, -2, -3, -3},
    {-2, 0, 1, -1, -3, 0, 0, -2, 8, -3, -3, -1, -2, -1, -2, -1, -2, -2, 2, -3},
    {-1, -3, -3, -3, -1, -3, -3, -4, -3, 4, 2, -3, 1, 0, -3, -2, -1, -3, -1, 3},
    {-1, -2, -3, -4, -1, -2, -3, -4, -3, 2, 4, -2, 2, 0, -3, -2, -1, -2, -1, 1},
    {-1, 2, 0, -1, -3, 1, 1, -2, -1, -3, -2, 5, -1, -3, -1, 0, -1, -3, -2, -2},
    {-1, -1, -2, -3, -1, 0, -2, -3, -2, 1, 2, -1, 5, 0, -2, -1, -1, -1, -1, 1},
    {-2, -3, -3, -3, -2, -3, -3, -3, -1, 0, 0, -3, 0, 6, -4, -2, -2, 1, 3, -1},
    {-1, -2, -2, -1, -3, -1, -1, -2, -2, -3,
     -3, -1, -2, -4, 7,  -1, -1, -4, -3, -2},
    {1, -1, 1, 0, -1, 0, 0, 0, -1, -2, -2, 0, -1, -2, -1, 4, 1, -3, -2, -2},
    {0, -1, 0, -1, -1, -1, -1, -2, -2, -1, -1, -1, -1, -2, -1, 1, 5, -2, -2, 0},
    {-3, -3, -4, -4, -2, -2, -3, -2, -2, -3,
     -2, -3, -1, 1,  -4, -3, -2, 11, 2,  -3},
    {-2, -2, -2, -3, -2, -1, -2, -3, 2, -1,
     -1, -2, -1, 3,  -3, -2, -2, 2,  7, -1},
    {0, -3, -3, -3, -1, -2, -2, -3, -3, 3, 1, -2, 1, -1, -2, -2, 0, -3, -1, 4},
};

// By letters' codes (1 to 26): what one costs in another's place.
std::uint8_t steps_of[32][32];

void fill_steps() {
  for (int i = 0; i < 20; ++i)
    for (int j = 0; j < 20; ++j)
      steps_of[kResidues[i] & 31][kResidues[j] & 31] =
          static_cast<std::uint8_t>(i == j ? 0
                                           : std::min(4, 4 - kScores[i][j]));
}

// CDR3s of one V gene and length: the letters at each position side by side, 32
// to a block.
struct Group {
  int length = 0;
  std::size_t size = 0;
  std::vector<std::string> texts;
  std::vector<std::uint8_t> letters;

  const std::uint8_t* at(std::size_t block, int position) const {
    return letters.data() + (block * static_cast<std::size_t>(length) +
                             static_cast<std::size_t>(position)) *
                                32;
  }
  void transpose() {
    size = texts.size();
    letters.assign((size + 31) / 32 * 32 * static_cast<std::size_t>(length), 0);
    for (std::size_t i = 0; i < size; ++i)
      for (int p = 0; p < length; ++p)
        letters[(i / 32 * static_cast<std::size_t>(length) +
                 static_cast<std::size_t>(p)) *
                    32 +
                i % 32] =
            static_cast<std::uint8_t>(texts[i][static_cast<std::size_t>(p)] &
                                      31);
  }
};

// What `letter` costs in the place of each of 32.
inline __m256i costs(char letter, const std::uint8_t* at) {
  const std::uint8_t* const row = steps_of[letter & 31];
  const __m256i low = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(row)));
  const __m256i high = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 16)));
  const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  return _mm256_blendv_epi8(
      _mm256_shuffle_epi8(low, x),
      _mm256_shuffle_epi8(high, _mm256_and_si256(x, _mm256_set1_epi8(15))),
      _mm256_cmpgt_epi8(x, _mm256_set1_epi8(15)));
}

// A bit for each of 32 of the block that are within `most` steps; they are as
// long as `a` or longer.
std::uint32_t near(const std::string& a, const Group& g, std::size_t block,
                   int most) {
  const int n = static_cast<int>(a.size()), more = g.length - n;
  const int left = most - 4 * more;
  if (left < 0) return 0;
  const __m256i bound = _mm256_set1_epi8(static_cast<char>(left));
  __m256i sum = _mm256_setzero_si256();
  auto add = [&](int i, int j) {
    sum = _mm256_adds_epu8(
        sum, costs(a[static_cast<std::size_t>(i)], g.at(block, j)));
  };
  auto within = [&](__m256i x) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(x, bound), x)));
  };
  if (more == 0) {
    for (int i = 3; i < n - 2; ++i) {
      add(i, i);
      if (i % 4 == 3 && within(sum) == 0) return 0;
    }
    return within(sum);
  }
  const int before = std::min(5, n / 2);
  for (int i = 3; i < before; ++i) add(i, i);
  for (int i = std::max(before, n - before); i < n - 2; ++i) add(i, i + more);
  if (within(sum) == 0) return 0;
  const int last = std::max(before, n - before);
  for (int i = before; i < last; ++i)
    if (i < n - 2) add(i, i + more);
  __m256i least = sum;
  for (int i = std::max(before, 3); i < last && i < n - 2; ++i) {
    const char letter = a[static_cast<std::size_t>(i)];
    sum = _mm256_sub_epi8(_mm256_adds_epu8(sum, costs(letter, g.at(block, i))),
                          costs(letter, g.at(block, i + more)));
    least = _mm256_min_epu8(least, sum);
  }
  return within(least);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  fill_steps();
  const int most = std::atoi(argv[2]) / 3;
  std::map<std::pair<std::string, int>, Group> groups;
  std::ifstream in(argv[1]);
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    const std::string text = line.substr(0, tab);
    Group& g = groups[{line.substr(tab), static_cast<int>(text.size())}];
    g.length = static_cast<int>(text.size());
    g.texts.push_back(text);
  }
  const auto begin = std::chrono::steady_clock::now();
  for (auto& entry : groups) entry.second.transpose();
  std::uint64_t pairs = 0;
  for (const auto& [key, g] : groups)
    for (int more = 0; 4 * more <= most; ++more) {
      const auto at = groups.find({key.first, key.second + more});
      if (at == groups.end()) continue;
      const Group& other = at->second;
      for (std::size_t i = 0; i < g.size; ++i)
        for (std::size_t b = more == 0 ? i / 32 : 0; b * 32 < other.size; ++b) {
          std::uint32_t found = near(g.texts[i], other, b, most);
          if (other.size - b * 32 < 32)
            found &= (1u << (other.size - b * 32)) - 1;
          if (more == 0 && b == i / 32)  // each pair once, and none of itself
            found &= i % 32 == 31 ? 0 : 0xffffffffu << (i % 32 + 1);
          pairs += static_cast<std::uint64_t>(__builtin_popcount(found));
        }
    }
  std::printf(
      "%.3f %llu\n",
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count(),
      static_cast<unsigned long long>(pairs));
}
