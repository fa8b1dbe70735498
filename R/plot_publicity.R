# Plot how public clusters are: man/plotPublicity.Rd.
plotPublicity <- function(x, unit = c("samples", "subjects"), ...) {
    old_arguments(by = "unit")
    need_ggplot2("`plotPublicity()`")
    unit <- check_choice(unit, "unit", c("samples", "subjects"))
    known <- is.data.frame(x) && "size" %in% names(x) &&
        any(c("n_samples", "samples") %in% names(x))
    if (!known) x <- clusterSummary(x)
    column <- intersect(if (unit == "subjects") "n_subjects"
        else c("n_samples", "samples"), names(x))
    if (!length(column) || (nrow(x) && all(is.na(x[[column[1L]]])))) {
        bad_argument("`x` must say in which ", unit, " clusters are",
            if (unit == "subjects") ", as publicClusters() does" else
                ": by a column `repertoire_id` or `n_samples`")
    }
    n <- x[[column[1L]]]
    size <- cut(x$size, size_limits, size_names)
    counts <- as.data.frame(table(n = n, size = size),
        responseName = "clusters", stringsAsFactors = FALSE)
    counts$n <- as.integer(counts$n)
    counts$size <- factor(counts$size, size_names)
    counts <- counts[counts$clusters > 0, , drop = FALSE]
    counts$class <- publicity_class(counts$n)
    if (!nrow(counts)) return(draw_nothing(no_cluster, counts))
    draw_publicity(counts, unit)
}

size_limits <- c(0, 1, 2, 5, 10, 100, Inf)
size_names <- c("1", "2", "3-5", "6-10", "11-100", "over 100")

# Each number of samples up to twelve, else classes: of hundreds of samples a
# bar each can't be seen.
publicity_class <- function(n) {
    most <- max(n, 1)
    if (most <= 12) return(factor(n, seq_len(most)))
    decades <- 10^(1:ceiling(log10(most)))
    limits <- c(0:5, sort(c(decades, 2 * decades, 5 * decades)))
    limits <- c(limits[limits < most], most)
    from <- limits[-length(limits)] + 1
    to <- limits[-1L]
    names <- ifelse(from == to, shown_numbers(to),
        paste0(shown_numbers(from), "-", shown_numbers(to)))
    cut(n, limits, names)
}

draw_publicity <- function(counts, unit) {
    counts$size <- droplevels(counts$size)
    # From pale to dark, as sizes grow; the largest at the bottom.
    counts$size <- factor(counts$size, rev(levels(counts$size)))
    colours <- grDevices::colorRampPalette(c("#3F007D", "#CBC2E0"))(
        nlevels(counts$size))
    # A bar of one among thousands is not seen, its number is.
    bars <- stats::aggregate(clusters ~ class, counts, sum)
    many <- nlevels(counts$class) > 7L
    ggplot2::ggplot(counts, ggplot2::aes(.data$class, .data$clusters)) +
        ggplot2::geom_col(ggplot2::aes(fill = .data$size), width = 0.85,
            position = ggplot2::position_stack(reverse = TRUE)) +
        ggplot2::geom_text(ggplot2::aes(label = shown_numbers(.data$clusters)),
            bars, vjust = -0.4, size = label_size * if (many) 0.8 else 1) +
        ggplot2::scale_fill_manual(name = "CDR3s of\nthe cluster",
            values = colours) +
        ggplot2::scale_x_discrete(drop = FALSE) +
        ggplot2::scale_y_continuous(labels = axis_numbers,
            expand = ggplot2::expansion(c(0, 0.1))) +
        ggplot2::labs(x = paste("Found in so many", unit), y = "Clusters") +
        theme_clusters() + ggplot2::theme(
            panel.grid.major.x = ggplot2::element_blank(),
            axis.text.x = if (many && any(grepl("-", levels(counts$class)))) {
                ggplot2::element_text(angle = 45, hjust = 1)
            })
}
