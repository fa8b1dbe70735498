#' The Hamming-1 graph of CDR3 sequences
#'
#' All pairs of sequences of equal length that differ at exactly one position.
#'
#' @param data CDR3s, as for [encodeCdr3()]; of up to 1000 residues. Sequences
#'     that occur several times count once.
#' @param n_cpus Threads: a count, or `"all"`. The result does not depend on
#'     it.
#' @return A data.frame with a row for each pair: `from` and `to`, the two
#'     sequences, `from` before `to` in the order of the C locale; rows are
#'     sorted by `from`, then `to`.
#' @export
#' @examples
#' hammingGraph(c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSPGQAYEQFF"))
hammingGraph <- function(data, n_cpus = 1) {
    threads <- check_threads(n_cpus)
    junction_aa <- as_sequence_vector(data)
    refuse_invalid(
        cpp_sequence_problems(junction_aa, longest_sequence), junction_aa,
        "data"
    )
    pairs <- cpp_hamming_pairs(junction_aa, longest_sequence, threads)
    data.frame(
        from = pairs$junction_aa[pairs$from],
        to = pairs$junction_aa[pairs$to]
    )
}
