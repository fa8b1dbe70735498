#' Receptors with more neighbours than recombination makes
#'
#' For each receptor of a sample its neighbours in the sample, receptors with
#' the same V and J gene whose CDR3 differs by one residue at most, against what
#' a background leads one to expect: what ALICE (Pogorelyy et al. 2019) and
#' TCRNET (Ritvo et al. 2018) do. Many neighbours that recombination does not
#' explain are a sign of selection by an antigen.
#'
#' With \eqn{n} receptors of the sample and \eqn{N} of the background in the
#' same V-J class, \eqn{b} of the latter neighbours of the receptor (or equal to
#' it), the number of neighbours \eqn{D} is Poisson with mean
#' \eqn{n q b / N}, and the p-value is \eqn{P(X > D)}. `q` stands for selection
#' in the thymus, which recombination models do not know: a sequence that is
#' there at all is more likely than the model says.
#'
#' A receptor without any neighbour in the background would have a mean, and so
#' a p-value, of 0, however small the background: `pseudocount` is added to
#' \eqn{b}.
#'
#' @param data One sample: a data.frame with `junction_aa`, `v_call` and
#'     `j_call`, a row for each clonotype (of equal CDR3s with other nucleotides
#'     each counts). Alleles do not matter. Other columns are kept.
#' @param background A control repertoire or synthetic sequences: a data.frame
#'     with the same columns, or paths of files for [readCdr3()], of which one
#'     at a time is in memory.
#' @param background_kind Whether the background is `"real"` or `"synthetic"`
#'     (sequences of a recombination model).
#' @param q The selection factor, above 0. `NULL`: 9.41 (Pogorelyy et al. 2019)
#'     for a synthetic background, 1 for a real one.
#' @param min_neighbors Receptors with fewer neighbours are not tested (their
#'     p-value is `NA`), 1 or more.
#' @param pseudocount Added to the neighbours in the background, 0 or more.
#' @param n_cpus Threads: a count, or `"all"`.
#' @return `data` without the rows that can't be tested (an invalid sequence, no
#'     V or J gene; a message says how many), with
#'
#'     * `neighbors`: \eqn{D}, the receptor itself not counted.
#'     * `class_size`: \eqn{n}.
#'     * `background_neighbors`, `background_size`: \eqn{b} and \eqn{N}.
#'     * `expected`: the mean; `NA` where the background lacks the V-J class.
#'     * `p_value`; `q_value`, adjusted for all receptors with a mean, tested
#'       or not (Benjamini and Hochberg 1995).
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be.
#' @seealso [neighborGraph()], [publicClusters()]
#' @references Pogorelyy et al. (2019) PLoS Biol 17:e3000314. Ritvo et al.
#'     (2018) PNAS 115:9604.
#' @export
#' @examples
#' genes <- data.frame(v_call = "TRBV9", j_call = "TRBJ2-7")
#' sample <- cbind(genes, junction_aa = c("CASSAGTYEQYF", "CASSVGTYEQYF",
#'     "CASSLGTYEQYF", "CASSAGAYEQYF", "CASSQDRGYEQYF"))
#' control <- cbind(genes, junction_aa = c("CASSAGTYEQYF", "CASSQDRGYEQYF",
#'     paste0("CASS", LETTERS[c(1, 4:9)], "DEQYF")))
#' neighborEnrichment(sample, control)
neighborEnrichment <- function(data, background,
                               background_kind = c("real", "synthetic"),
                               q = NULL, min_neighbors = 3, pseudocount = 1,
                               n_cpus = 1) {
    if (missing(background_kind)) background_kind <- "real"
    check_choice(background_kind, "background_kind", c("real", "synthetic"))
    if (is.null(q)) q <- if (background_kind == "synthetic") 9.41 else 1
    q <- check_number(q, "q", .Machine$double.eps)
    min_neighbors <- check_number(min_neighbors, "min_neighbors", 1,
        whole = TRUE)
    pseudocount <- check_number(pseudocount, "pseudocount", 0)
    threads <- check_threads(n_cpus)

    sample <- vj_receptors(data, "data")
    rows <- as.data.frame(data)[sample$row, , drop = FALSE]
    rownames(rows) <- NULL
    classes <- unique(sample$class)
    held <- unique(sample[c("junction_aa", "class")])
    own <- match(do.call(paste, sample[c("junction_aa", "class")]),
        do.call(paste, held))
    within <- count_neighbours(held, sample, classes, threads)
    outside <- 0
    background_size <- integer(length(classes))
    for (fetch in background_parts(background)) {
        part <- vj_receptors(fetch(), "background")
        outside <- outside + count_neighbours(held, part, classes, threads)
        background_size <- background_size + class_sizes(part$class, classes)
    }
    class <- match(sample$class, classes)
    found <- neighbour_statistics(
        D = within[own] - 1, n = class_sizes(sample$class, classes)[class],
        b = outside[own], N = background_size[class], q, pseudocount
    )
    found$p_value[found$neighbors < min_neighbors] <- NA
    found$q_value <- adjusted_for(found$p_value, sum(!is.na(found$expected)))
    cbind(rows[setdiff(names(rows), names(found))], found)
}

# The model of the test, as published.
neighbour_statistics <- function(D, n, b, N, q, pseudocount = 0) {
    expected <- n * q * (b + pseudocount) / N
    expected[N == 0] <- NA
    data.frame(
        neighbors = D, class_size = n, background_neighbors = b,
        background_size = N, expected = expected,
        p_value = stats::ppois(D, expected, lower.tail = FALSE)
    )
}

# What was not tested for having few neighbours was looked at all the same.
adjusted_for <- function(p_value, n) {
    q_value <- p_value
    tested <- !is.na(p_value)
    q_value[tested] <- stats::p.adjust(p_value[tested], "BH",
        n = max(n, sum(tested)))
    q_value
}

# The rows that can be tested: `row`, `junction_aa`, `class`.
vj_receptors <- function(data, name) {
    data <- plain_frame(data)
    if (!is.data.frame(data)) {
        bad_argument(
            "`", name, "` must be a data.frame",
            if (name == "background") " or paths of files",
            ", not ", given(data)
        )
    }
    check_columns(data, c("junction_aa", "v_call", "j_call"), name)
    junction_aa <- as_text_column(data[["junction_aa"]], "junction_aa", name)
    genes <- lapply(c("v_call", "j_call"), function(column) {
        without_allele(as_text_column(data[[column]], column, name))
    })
    valid <- cpp_sequence_problems(junction_aa, longest_sequence) == 0L
    named <- !is.na(genes[[1L]]) & nzchar(genes[[1L]]) &
        !is.na(genes[[2L]]) & nzchar(genes[[2L]])
    if (!all(valid & named)) {
        inform(
            "left_out", "`", name, "`: ", sum(!(valid & named)), " of ",
            count_text(length(valid), "row"), " left out (", sum(!valid),
            " without a valid sequence, ", sum(valid & !named),
            " without V or J gene)"
        )
    }
    row <- which(valid & named)
    data.frame(
        row = row, junction_aa = junction_aa[row],
        class = paste(genes[[1L]][row], genes[[2L]][row])
    )
}

# Functions that give a part of the background each.
background_parts <- function(background) {
    if (!is.character(background)) return(list(function() background))
    if (length(background) == 0L || anyNA(background)) {
        bad_argument("`background` must be a data.frame or paths of files, ",
            "not ", given(background))
    }
    lapply(background, function(file) function() readCdr3(file))
}

class_sizes <- function(class, classes) {
    tabulate(match(class, classes), length(classes))
}

count_neighbours <- function(held, others, classes, threads) {
    class <- match(others$class, classes)
    there <- which(!is.na(class))
    cpp_count_neighbours(
        held$junction_aa, match(held$class, classes),
        others$junction_aa[there], class[there], longest_sequence, threads
    )
}
