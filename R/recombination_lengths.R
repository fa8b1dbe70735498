# How long productive CDR3s are by recombination alone.

# P(V, J of the i-th sets, productive, n residues), a row of each i, a column of
# each n from 0 to `longest`.
productive_probabilities <- function(model, v_sets, j_sets, longest, threads) {
    with_progress("Productive lengths", cpp_productive_lengths(model, v_sets,
        j_sets, longest, threads))
}
