#' Physico-chemical profiles of CDR3 sequences
#'
#' The points that k-means preclusters. A profile has four blocks of
#' `max_sequence_size` numbers: mutation stability (z-scored over the 20
#' residues) and the z-scales 1 to 3. In each block the sequence stands in the
#' middle, a spare cell on the right, between zeros.
#'
#' @param data CDR3s: a character vector, a `Biostrings::AAStringSet`, or a
#'     data.frame with a column `junction_aa`. All must be valid: upper-case
#'     one-letter codes of the 20 amino acids, at most `max_sequence_size`.
#' @param max_sequence_size The longest sequence a profile has room for, in
#'     residues, 1 to 1000. Larger leaves more zeros.
#' @return A numeric matrix, a row for each sequence and
#'     `4 * max_sequence_size` columns.
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be;
#' `clustcr_error_invalid_sequence` where a sequence is not valid, which it
#' names.
#' @seealso [clusterFeatures()] for whole clusters, [Clustering] for `method =
#' "two-step"`
#' @references Dayhoff, Schwartz, Orcutt (1978), figure 83 (mutation
#'     stability: the diagonal of the PAM250 mutation probability matrix).
#'     Sandberg et al. (1998) J Med Chem 41:2481, table 3 (z-scales).
#' @export
#' @examples
#' profiles <- encodeCdr3(c("CASSLGQAYEQYF", "CASSPGQAYEQYF"), 16)
#' dim(profiles)
#' # The two differ in one residue, in the same cell of each block.
#' which(profiles[1, ] != profiles[2, ])
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
