#include "sequence/repertoire_rows.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"

namespace clustcr {
namespace {

// So many sequences tell what all are, as in R/read_rows.R.
constexpr std::size_t kLookedAt = 1000;

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

std::string_view trimmed(std::string_view text) {
  if (text.empty() || (text.front() != ' ' && text.back() != ' ')) return text;
  static const char* const kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

char small(char letter) { return static_cast<char>(letter | 0x20); }

std::string_view unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

// As nucleotides_at() of R/read_rows.R, which says it to the user.
class Nucleotides {
 public:
  void look_at(std::string_view text) {
    ++seen_;
    if (text.size() < 12) return;
    ++some_;
    bool letter[4] = {false, false, false, false};
    for (const char c : text) {
      switch (c & ~0x20) {
        case 'A':
          letter[0] = true;
          break;
        case 'C':
          letter[1] = true;
          break;
        case 'G':
          letter[2] = true;
          break;
        case 'T':
        case 'U':
          letter[3] = true;
          break;
        case 'N':
          break;
        default:
          return;
      }
    }
    if (letter[0] + letter[1] + letter[2] + letter[3] < 3) return;
    ++nucleotides_;
    if (text.size() >= 24) ++sure_;
  }
  bool more() const { return seen_ < kLookedAt; }
  bool likely() const {
    return some_ && (10 * nucleotides_ > 9 * some_ || 10 * sure_ >= some_);
  }

 private:
  std::size_t seen_ = 0, some_ = 0, nucleotides_ = 0, sure_ = 0;
};

class Tidying {
 public:
  Tidying(RepertoireRows* result, const RowRules& rules)
      : found_(*result), rules_(rules), pending_(rules.counts.size(), false) {
    for (const std::string& word : rules.no_cdr3)
      longest_word_ = std::max(longest_word_, word.size());
    found_.filled.assign(rules.counts.size(), 0);
    found_.first.resize(rules.genes.size());
    for (const CodedColumns& gene : rules.genes)
      found_.chosen.emplace_back(gene.columns.size(), 0);
    found_.integers = true;
  }

  void part(const TableRows& some) {
    const TableBlock& block = *some.block;
    find_levels(some);
    const TextColumn& cdr3s = block.columns[rules_.cdr3].text;
    look_at(cdr3s, some);
    for (const std::size_t column : rules_.texts)
      look_for_other_letters(block.columns[column].text, some);
    if (found_.odd) return;
    std::vector<std::uint32_t> kept;
    kept.reserve(some.to - some.from);
    for (std::size_t row = some.from; row < some.to; ++row) {
      const double count = count_of(block, row);
      const std::string_view cdr3 = cdr3_of(block, row, rules_);
      const RowReason reason = reason_of(block, row, cdr3);
      ++found_.reasons[static_cast<std::size_t>(reason)];
      if (reason == RowReason::kNoCdr3 && another_has_it(block, row))
        found_.odd = true;
      if (reason != RowReason::kKept) continue;
      kept.push_back(static_cast<std::uint32_t>(row));
      if (!rules_.counts.empty()) found_.counts.push_back(count);
      // Small letters are told elsewhere.
      if (small(cdr3.front()) != 'c' && small(cdr3.back()) != 'f' &&
          small(cdr3.back()) != 'w')
        ++found_.bare;
    }
    found_.rows += kept.size();
    found_.kept.push_back(std::move(kept));
  }

  void finish() {
    if (nucleotides_.likely()) found_.odd = true;
    if (found_.odd || rules_.counts.empty()) return;
    settle_type();
    if (found_.integers) return;
    for (double& count : found_.counts) {
      if (count == std::floor(count) || std::isnan(count)) continue;
      ++found_.rounded;
      count = std::max(1.0, std::nearbyint(count));
    }
  }

 private:
  void look_at(const TextColumn& cdr3s, const TableRows& some) {
    look_for_other_letters(cdr3s, some);
    const std::string_view all = cdr3s.bytes(some.from, some.to);
    if (rules_.joined &&
        (all.find(';') != all.npos || all.find('|') != all.npos))
      found_.odd = true;
    for (std::size_t row = some.from; row < some.to && nucleotides_.more();
         ++row)
      nucleotides_.look_at(rules_.unquote ? unquoted(cdr3s[row]) : cdr3s[row]);
  }

  void look_for_other_letters(const TextColumn& text, const TableRows& some) {
    if (!is_ascii(text.bytes(some.from, some.to))) found_.odd = true;
  }

  void find_levels(const TableRows& some) {
    for (std::size_t g = 0; g < rules_.genes.size(); ++g) {
      const CodedColumns& gene = rules_.genes[g];
      std::vector<double>& first = found_.first[g];
      double number = seen_;
      for (std::size_t row = some.from; row < some.to; ++row, ++number) {
        const std::size_t i = gene.which(*some.block, row);
        if (i) ++found_.chosen[g][i];
        const std::size_t code =
            gene.offsets[i] + some.block->columns[gene.columns[i]].codes[row];
        if (code >= first.size()) first.resize(code + 1, -1);
        if (first[code] < 0) first[code] = number;
      }
    }
    seen_ += static_cast<double>(some.to - some.from);
  }

  // A blank is filled from the next column that has something in that row.
  double count_of(const TableBlock& block, std::size_t row) {
    double count = NAN;
    for (std::size_t i = 0; i < rules_.counts.size(); ++i) {
      if (!std::isnan(count)) break;
      if (i) pending_[i] = true;
      const NumberColumn& column = block.columns[rules_.counts[i]].number;
      double own = column.values[row];
      if (!column.numbers && !number_of_text(column.text[row], &own))
        found_.odd = true;
      if (own < 0 || own >= 9007199254740992.0) found_.odd = true;
      count = own;
      if (i && !std::isnan(own)) ++found_.filled[i];
    }
    return count;
  }

  RowReason reason_of(const TableBlock& block, std::size_t row,
                      std::string_view cdr3) const {
    if (!rules_.wanted.empty()) {
      const int locus = locus_of(block, row);
      if (locus && !rules_.wanted[static_cast<std::size_t>(locus)])
        return RowReason::kOtherLocus;
    }
    if (rules_.not_productive.of(block, row)) return RowReason::kNonProductive;
    if (rules_.no_cell.of(block, row)) return RowReason::kNoCell;
    return is_none(cdr3) ? RowReason::kNoCdr3 : RowReason::kKept;
  }

  bool is_none(std::string_view cdr3) const {
    if (cdr3.empty()) return true;
    return cdr3.size() <= longest_word_ &&
           std::find(rules_.no_cdr3.begin(), rules_.no_cdr3.end(), cdr3) !=
               rules_.no_cdr3.end();
  }

  bool another_has_it(const TableBlock& block, std::size_t row) const {
    return std::any_of(
        rules_.other_cdr3.begin(), rules_.other_cdr3.end(),
        [&](std::size_t column) {
          return !is_none(trimmed(block.columns[column].text[row]));
        });
  }

  int locus_of(const TableBlock& block, std::size_t row) const {
    const int own = rules_.locus.of(block, row);
    if (own) return own;
    const int j = rules_.j_locus.of(block, row);
    int found = j ? j : rules_.v_locus.of(block, row);
    if (!j && rules_.either && rules_.v_either.of(block, row))
      found = rules_.either;
    return found ? found : rules_.chain;
  }

  // A column of integers stays one, if all that may have filled it are.
  void settle_type() {
    for (std::size_t i = 0; i < rules_.counts.size(); ++i) {
      if (i && !pending_[i]) continue;
      bool any = false;
      for (const TableRows& some : found_.parts) {
        const NumberColumn& column =
            some.block->columns[rules_.counts[i]].number;
        for (std::size_t row = some.from; row < some.to; ++row) {
          any = any || !std::isnan(column.values[row]);
          if (column.integers) {
            if (any) break;
          } else if (!is_integer(column.text[row])) {
            found_.integers = false;
            return;
          }
        }
      }
      if (!any) found_.integers = false;
    }
  }

  static bool is_integer(std::string_view text) {
    NumberColumn one;
    one.add(text);
    return one.numbers && one.integers;
  }

  RepertoireRows& found_;
  const RowRules& rules_;
  std::vector<char> pending_;  // of counts: whether rows were still without
  std::size_t longest_word_ = 0;
  Nucleotides nucleotides_;
  double seen_ = 0;  // rows of the parts before
};

}  // namespace

std::string_view cdr3_of(const TableBlock& block, std::size_t row,
                         const RowRules& rules) {
  const std::string_view text = block.columns[rules.cdr3].text[row];
  return trimmed(rules.unquote ? unquoted(text) : text);
}

RepertoireRows tidy_rows(std::vector<TableRows> parts, const RowRules& rules,
                         Host* host) {
  CancelPoll poll(host);
  RepertoireRows found;
  found.parts = std::move(parts);
  Tidying tidying(&found, rules);
  for (const TableRows& some : found.parts) {
    poll.check();
    tidying.part(some);
    if (found.odd) return found;
  }
  tidying.finish();
  return found;
}

}  // namespace clustcr
