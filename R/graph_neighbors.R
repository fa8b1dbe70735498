#' The graph of neighbouring receptors
#'
#' All pairs of receptors that differ by one residue (or two) and have the same
#' genes, where these are asked for. `hammingGraph()` is the published graph:
#' pairs of sequences of equal length that differ at exactly one position.
#'
#' @param data CDR3s, as for [Clustering]'s `batch_precluster`: a character
#'     vector, a `Biostrings::AAStringSet`, or a data.frame with `junction_aa`
#'     and, where genes count, `v_call` and `j_call`; of up to 1000 residues,
#'     all of them valid (`clustcr_error_invalid_sequence` else). Receptors
#'     that occur several times count once.
#' @param distance,max_distance,v_gene,j_gene,missing_genes As for
#'     [Clustering].
#' @param n_cpus Threads: a count, or `"all"`. The result does not depend on
#'     it.
#' @return A data.frame with a row for each pair: `from` and `to`, the two
#'     sequences, `from` before `to` in the order of the C locale; rows are
#'     sorted by `from`, then `to`. Where genes count, their names at that level
#'     are in `v_call` and `j_call`: both of a pair have the same.
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be;
#' `clustcr_error_invalid_sequence` where a row can't be compared, which it
#' names.
#' @seealso [Clustering], [markovClustering()]
#' @export
#' @examples
#' hammingGraph(c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSPGQAYEQFF"))
#' neighborGraph(
#'     data.frame(
#'         junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSLGQYEQYF"),
#'         v_call = c("TRBV7-9*01", "TRBV7-9*03", "TRBV7-9*01")
#'     ),
#'     distance = "levenshtein", v_gene = "gene"
#' )
neighborGraph <- function(data, distance = "hamming", max_distance = 1,
                          v_gene = "none", j_gene = "none",
                          missing_genes = "group", n_cpus = 1) {
    state <- list(
        chain = "any", invalid = "error", distance = distance,
        max_distance = max_distance, v_gene = v_gene, j_gene = j_gene,
        missing_genes = missing_genes
    )
    for (name in parameters_of(rule = TRUE)) {
        state[[name]] <- check_parameter(name, state[[name]])
    }
    check_together(c(state, method = "mcl"))
    threads <- check_threads(n_cpus)
    source <- receptor_source(data, state)
    refuse_invalid_source(source, state)
    rows <- if (source$n > 0) source$fetch(1, source$n)
        else list(junction_aa = character())
    pairs <- cpp_neighbour_pairs(
        rows$junction_aa, genes_text(rows$v_call, rows$j_call, state),
        list(distance = distance, max_distance = max_distance,
            missing_genes_match = missing_genes == "group"),
        threads
    )
    graph <- data.frame(
        from = rows$junction_aa[pairs$from], to = rows$junction_aa[pairs$to]
    )
    if (v_gene != "none") graph$v_call <- rows$v_call[pairs$from]
    if (j_gene != "none") graph$j_call <- rows$j_call[pairs$from]
    graph
}

#' @rdname neighborGraph
#' @export
hammingGraph <- function(data, n_cpus = 1) {
    neighborGraph(data, n_cpus = n_cpus)
}
