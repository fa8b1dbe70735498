# Plot how alike samples are: man/repertoireOverlap.Rd.
plotOverlap <- function(x, phenotype = NULL, samples = NULL, numbers = NULL,
                        cluster = TRUE) {
    need_ggplot2("`plotOverlap()`")
    check_flag(cluster, "cluster")
    if (!is.null(numbers)) check_flag(numbers, "numbers")
    check_overlap(x)
    n <- ncol(x)
    names <- colnames(x)
    if (is.null(names)) names <- as.character(seq_len(n))
    if (!n) return(draw_nothing("`x` has no sample"))
    sheet <- align_sheet(samples, colnames(x), n, "samples")
    bars <- phenotype_bars(phenotype, sheet)
    index <- attr(x, "index")
    # With itself a sample has all in common: that would be the only dark cell.
    values <- x
    diag(values) <- NA
    order <- if (cluster && n > 2L) overlap_order(values) else seq_len(n)
    if (is.null(numbers)) numbers <- n <= 12
    draw_overlap(values, names, bars, order, index, numbers)
}

check_overlap <- function(x) {
    if (!is.matrix(x) || !is.numeric(x) || nrow(x) != ncol(x)) {
        bad_argument("`x` must be a matrix of samples and samples, as of ",
            "repertoireOverlap(), not ", given(x))
    }
}

# Samples that are alike stand together (average linkage).
overlap_order <- function(values) {
    values[is.na(values)] <- 0
    largest <- max(values, 0)
    if (largest == 0) return(seq_len(ncol(values)))
    both <- (values + t(values)) / 2
    stats::hclust(stats::as.dist(1 - both / largest), "average")$order
}

draw_overlap <- function(values, names, bars, order, index, numbers) {
    n <- length(order)
    cells <- data.frame(row = as.vector(row(values)),
        column = as.vector(col(values)), value = as.vector(values))
    cells$sample <- names[cells$row]
    cells$other <- names[cells$column]
    cells$x <- match(cells$column, order)
    cells$y <- n + 1 - match(cells$row, order)
    shown <- if (n <= 40) short_names(names, if (n > 12) 15L else 18L)[order]
    title <- if (is.null(index)) "value" else switch(index, jaccard = "Jaccard",
        morisita = "Morisita-Horn", bray = "Bray-Curtis", count = "count")
    plot <- ggplot2::ggplot(cells, ggplot2::aes(.data$x, .data$y)) +
        ggplot2::geom_tile(ggplot2::aes(fill = .data$value),
            colour = if (n <= 40) "white" else NA) +
        fill_scale(title, limits = c(0, NA), n.breaks = 4,
            labels = axis_numbers) +
        row_scale(n, shown, bars) +
        ggplot2::scale_x_continuous(
            breaks = if (!is.null(shown)) seq_len(n), labels = shown,
            expand = ggplot2::expansion(add = 0.1)) +
        ggplot2::labs(x = if (n > 40) paste(shown_number(n), "samples"),
            y = NULL) +
        matrix_theme(n, n, max(nchar(names, "width"))) +
        ggplot2::theme(axis.text.y = ggplot2::element_text(family = "",
            # Of so many samples only the bars are named.
            size = if (n > 40) 9))
    # Two digits, for cells are narrow.
    if (numbers) plot <- plot + cell_numbers(transform(cells,
        value = signif(cells$value, 2)), "value")
    plot + bar_layers(bars, order, n)
}
