#include "recombination/model_events.hpp"

#include <cmath>
#include <cstdlib>

#include "base/errors.hpp"
#include "base/file_io.hpp"
#include "base/text_fields.hpp"
#include "recombination/nucleotides.hpp"

namespace clustcr {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::vector<std::string> fields_of(std::string_view line, char separator) {
  std::vector<std::string> fields;
  do {
    fields.emplace_back(trimmed(take_field(&line, separator)));
  } while (!line.empty());
  return fields;
}

// visit(line, number) for each line that has something in it; some of the
// published files have Windows's line ends.
template <class Visit>
void for_lines(const std::string& file, Visit&& visit) {
  const std::string text = read_whole_file(file);
  std::string_view rest(text);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = trimmed(take_field(&rest, '\n'));
    if (!line.empty()) visit(line, number);
  }
}

std::size_t count_of(const std::string& file, std::size_t line,
                     const std::string& text, const char* what) {
  const bool digits = !text.empty() && text.size() < 8 &&
                      text.find_first_not_of("0123456789") == text.npos;
  if (!digits)
    refuse_model(
        file, line,
        std::string(what) + " is '" + text + "', not a whole number from 0");
  return static_cast<std::size_t>(std::strtoul(text.c_str(), nullptr, 10));
}

double probability_of(const std::string& file, std::size_t line,
                      const std::string& text) {
  char* end = nullptr;
  const double p = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(p) || p < 0 || p > 1.0001)
    refuse_model(file, line, "'" + text + "' is no probability");
  return p;
}

using Events = std::map<std::string, ModelEvent>;

bool is_gene(const ModelEvent& event) { return event.kind == "GeneChoice"; }

// #GeneChoice;V_gene;Undefined_side;7;v_choice
ModelEvent* begin_event(const std::string& file, std::size_t number,
                        std::string_view line, Events* events) {
  const std::vector<std::string> head = fields_of(line.substr(1), ';');
  if (head.size() != 5 || head[4].empty())
    refuse_model(file, number,
                 "the head of an event must have five fields (kind; gene; "
                 "side; priority; name)");
  if (events->count(head[4]))
    refuse_model(file, number, "the event '" + head[4] + "' comes twice");
  ModelEvent* event = &(*events)[head[4]];
  event->kind = head[0];
  event->line = number;
  return event;
}

// %TRBV2*01;GAACCTG...;28 or %-4;0
void add_value(const std::string& file, std::size_t number,
               std::string_view line, ModelEvent* event) {
  const std::vector<std::string> fields = fields_of(line.substr(1), ';');
  const std::size_t needed = is_gene(*event) ? 3 : 2;
  if (fields.size() != needed)
    refuse_model(file, number,
                 "a value must have " + std::to_string(needed) +
                     " fields, not " + std::to_string(fields.size()));
  const std::size_t at = count_of(file, number, fields.back(), "its number");
  if (at > 100000) refuse_model(file, number, "its number is too large");
  if (event->values.size() <= at) {
    event->values.resize(at + 1);
    event->bases.resize(at + 1);
  }
  if (!event->values[at].empty())
    refuse_model(file, number, "the number " + fields.back() + " comes twice");
  if (fields[0].empty()) refuse_model(file, number, "the value is empty");
  event->values[at] = fields[0];
  if (!is_gene(*event)) return;
  for (const char letter : fields[1])
    if (nucleotide_index(letter) == kNoNucleotide)
      refuse_model(
          file, number,
          std::string("'") + letter + "' is no nucleotide (A, C, G, T)");
  event->bases[at] = fields[1];
}

Events read_params(const std::string& file) {
  Events events;
  ModelEvent* event = nullptr;
  bool in_list = false;
  for_lines(file, [&](std::string_view line, std::size_t number) {
    if (line[0] == '@') {
      in_list = line == "@Event_list";
      event = nullptr;
    } else if (in_list && line[0] == '#') {
      event = begin_event(file, number, line, &events);
    } else if (in_list && line[0] == '%') {
      if (!event) refuse_model(file, number, "a value without an event");
      add_value(file, number, line, event);
    } else if (in_list) {
      refuse_model(file, number,
                   "a line must begin with @, # or %, not with '" +
                       std::string(line.substr(0, 20)) + "'");
    }
  });
  if (events.empty()) refuse_model(file, 1, "there is no @Event_list");
  for (const auto& [name, found] : events)
    for (std::size_t i = 0; i < found.values.size(); ++i)
      if (found.values[i].empty())
        refuse_model(file, found.line,
                     "the event '" + name + "' has no value number " +
                         std::to_string(i));
  return events;
}

// $Dim[3,21,21]
std::vector<std::size_t> dimensions_of(const std::string& file,
                                       std::size_t number,
                                       std::string_view line) {
  if (line.substr(0, 5) != "$Dim[" || line.back() != ']')
    refuse_model(file, number, "dimensions must be written $Dim[...]");
  std::vector<std::size_t> sizes;
  for (const std::string& size :
       fields_of(line.substr(5, line.size() - 6), ','))
    sizes.push_back(count_of(file, number, size, "a dimension"));
  return sizes;
}

// #[d_gene,0],[d_5_del,3]: the names, and the place of the row that follows.
void check_row_head(const std::string& file, std::size_t number,
                    std::string_view line, ModelEvent* event) {
  std::vector<std::string> names;
  std::size_t place = 0;
  line.remove_prefix(1);
  while (!line.empty()) {
    const std::size_t open = line.find('['), close = line.find(']');
    if (open == line.npos || close == line.npos || close < open) break;
    const std::vector<std::string> pair =
        fields_of(line.substr(open + 1, close - open - 1), ',');
    if (pair.size() != 2 || names.size() + 1 >= event->dimensions.size())
      refuse_model(file, number,
                   "a row's head must be [event,number] for each dimension "
                   "but the last");
    const std::size_t at = count_of(file, number, pair[1], "the number");
    place = place * event->dimensions[names.size()] + at;
    names.push_back(pair[0]);
    line.remove_prefix(close + 1);
  }
  if (event->p.empty()) event->given = names;
  if (names != event->given || names.size() + 1 != event->dimensions.size())
    refuse_model(file, number,
                 "a row's head must name what its dimensions are");
  if (place * event->dimensions.back() != event->p.size())
    refuse_model(file, number,
                 "rows must come in their order, each once; this one is out "
                 "of place");
}

void check_complete(const std::string& file, const std::string& name,
                    const ModelEvent& event) {
  std::size_t size = 1;
  for (const std::size_t n : event.dimensions) size *= n;
  if (event.dimensions.empty() || event.p.size() != size)
    refuse_model(file, event.marginals_line,
                 "the event '" + name + "' has " +
                     std::to_string(event.p.size()) + " probabilities, not " +
                     std::to_string(size));
}

void read_marginals(const std::string& file, Events* events) {
  std::string name;
  ModelEvent* event = nullptr;
  for_lines(file, [&](std::string_view line, std::size_t number) {
    if (line[0] == '@') {
      if (event) check_complete(file, name, *event);
      name = std::string(line.substr(1));
      const auto found = events->find(name);
      if (found == events->end())
        refuse_model(file, number,
                     "there is no event '" + name + "' in model_params.txt");
      event = &found->second;
      if (event->marginals_line)
        refuse_model(file, number, "the event '" + name + "' comes twice");
      event->marginals_line = number;
      return;
    }
    if (!event) refuse_model(file, number, "an event must begin with @");
    if (line[0] == '$') {
      event->dimensions = dimensions_of(file, number, line);
    } else if (line[0] == '#') {
      check_row_head(file, number, line, event);
    } else if (line[0] == '%') {
      const std::vector<std::string> row = fields_of(line.substr(1), ',');
      if (event->dimensions.empty() || row.size() != event->dimensions.back())
        refuse_model(file, number,
                     "a row has " + std::to_string(row.size()) +
                         " probabilities, and the last "
                         "dimension says otherwise");
      for (const std::string& p : row)
        event->p.push_back(probability_of(file, number, p));
    } else {
      refuse_model(file, number, "a line must begin with @, $, # or %");
    }
  });
  if (event) check_complete(file, name, *event);
}

}  // namespace

void refuse_model(const std::string& file, std::size_t line,
                  const std::string& why) {
  throw Error("format", "'" + file + "' is no file of a recombination model: " +
                            "line " + std::to_string(line) + ": " + why);
}

Events read_model_events(const ModelFiles& files) {
  Events events = read_params(files.params());
  read_marginals(files.marginals(), &events);
  return events;
}

// gene,anchor_index,function
std::map<std::string, GeneAnchor> read_gene_anchors(const std::string& file) {
  std::map<std::string, GeneAnchor> anchors;
  bool head = true;
  for_lines(file, [&](std::string_view line, std::size_t number) {
    const std::vector<std::string> fields = fields_of(line, ',');
    if (head) {
      head = false;
      if (fields.size() >= 2 && fields[0] == "gene" &&
          fields[1] == "anchor_index")
        return;
      refuse_model(file, number,
                   "the header must be gene,anchor_index,function");
    }
    if (fields.size() < 2 || fields[0].empty())
      refuse_model(file, number, "a row must have a gene and its anchor");
    if (!anchors
             .emplace(fields[0],
                      GeneAnchor{count_of(file, number, fields[1], "an anchor"),
                                 fields.size() > 2 ? fields[2] : "", number})
             .second)
      refuse_model(file, number, "the gene '" + fields[0] + "' comes twice");
  });
  if (anchors.empty()) refuse_model(file, 1, "there is no gene");
  return anchors;
}

}  // namespace clustcr
