#include "store/row_sink.hpp"

#include "base/text_fields.hpp"

namespace clustcr {

void append_row(const StoredRow& row, std::string* text) {
  *text += row.sequence;
  *text += '\t';
  append_escaped(row.v_call, text);
  *text += '\t';
  append_escaped(row.j_call, text);
  *text += '\t';
  append_number(row.duplicate_count, text);
}

}  // namespace clustcr
