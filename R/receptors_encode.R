# Physicochemical profiles of CDR3 sequences: man/encodeCdr3.Rd.
encodeCdr3 <- function(data, max_sequence_size) {
    max_sequence_size <- check_number(
        max_sequence_size, "max_sequence_size", 1, 1000, whole = TRUE
    )
    junction_aa <- as_sequence_vector(receptor_data(data, "any", "data"))
    refuse_invalid(
        cpp_sequence_problems(junction_aa, max_sequence_size), junction_aa,
        "data"
    )
    cpp_encode(junction_aa, max_sequence_size)
}
