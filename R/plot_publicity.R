#' How public clusters are
#'
#' How many clusters occur in one sample, in two, and so on, by their size.
#'
#' @param x A result of [publicClusters()] or [clusterSummary()], or clusters
#'     as for [clusterSummary()].
#' @param by `"samples"`, or `"subjects"` where `x` is a result of
#'     [publicClusters()].
#' @return A ggplot. Its data has the columns `n` (samples), `size` (a class of
#'     sizes) and `clusters`.
#' @section Errors:
#' `clustcr_error_missing_package` without ggplot2;
#' `clustcr_error_invalid_argument` where nothing tells the samples.
#' @seealso [publicClusters()], [plotClusterMatrix()]
#' @export
#' @examples
#' folder <- system.file("extdata", "cohort", package = "clustcr")
#' x <- clusterRepertoires(folder)
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'     plotPublicity(x)
#' }
plotPublicity <- function(x, by = c("samples", "subjects")) {
    need_ggplot2("`plotPublicity()`")
    by <- match_choice(by, "by", c("samples", "subjects"))
    known <- is.data.frame(x) && "size" %in% names(x) &&
        any(c("n_samples", "samples") %in% names(x))
    if (!known) x <- clusterSummary(x)
    column <- intersect(if (by == "subjects") "n_subjects"
        else c("n_samples", "samples"), names(x))
    if (!length(column) || (nrow(x) && all(is.na(x[[column[1L]]])))) {
        bad_argument("`x` must say in which ", by, " clusters are",
            if (by == "subjects") ", as publicClusters() does" else
                ": by a column `repertoire_id` or `n_samples`")
    }
    n <- x[[column[1L]]]
    size <- cut(x$size, size_limits, size_names)
    counts <- as.data.frame(table(n = n, size = size),
        responseName = "clusters", stringsAsFactors = FALSE)
    counts$n <- as.integer(counts$n)
    counts$size <- factor(counts$size, size_names)
    draw_publicity(counts[counts$clusters > 0, , drop = FALSE], by)
}

size_limits <- c(0, 1, 2, 5, 10, 100, Inf)
size_names <- c("1", "2", "3-5", "6-10", "11-100", "over 100")

draw_publicity <- function(counts, by) {
    counts$size <- droplevels(counts$size)
    # From pale to dark, as sizes grow; the largest at the bottom.
    counts$size <- factor(counts$size, rev(levels(counts$size)))
    colours <- grDevices::colorRampPalette(c("#3F007D", "#CBC2E0"))(
        nlevels(counts$size))
    most <- max(counts$n, 1)
    ggplot2::ggplot(counts, ggplot2::aes(.data$n, .data$clusters,
        fill = .data$size)) +
        ggplot2::geom_col(width = 0.85,
            position = ggplot2::position_stack(reverse = TRUE)) +
        ggplot2::scale_fill_manual(name = "CDR3s of\nthe cluster",
            values = colours) +
        ggplot2::scale_x_continuous(labels = axis_numbers,
            breaks = if (most <= 12) seq_len(most) else whole_breaks(most)) +
        ggplot2::scale_y_continuous(labels = axis_numbers,
            expand = ggplot2::expansion(c(0, 0.05))) +
        ggplot2::labs(x = paste("Found in so many", by), y = "Clusters") +
        theme_clusters() +
        ggplot2::theme(panel.grid.major.x = ggplot2::element_blank())
}
