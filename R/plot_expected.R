# Plot what was seen against what was expected: man/plotExpected.Rd.
plotExpected <- function(x, n_labels = 8, alpha = 0.05) {
    need_ggplot2("`plotExpected()`")
    n_labels <- check_number(n_labels, "n_labels", 0, whole = TRUE)
    alpha <- check_number(alpha, "alpha", 0, 1)
    if (!is.data.frame(x)) {
        bad_argument("`x` must be a result of expectedSharing(), ",
            "neighborEnrichment() or enrichment(), not ", given(x))
    }
    kind <- expected_kind(names(x))
    x <- as.data.frame(x)
    table <- data.frame(seen = x[[kind$seen]], expected = x[[kind$expected]],
        passes = !is.na(x$q_value) & x$q_value <= alpha, p = x$p_value,
        label = as.character(x[[kind$label]]))
    table <- table[!is.na(table$seen) & !is.na(table$expected), , drop = FALSE]
    if (!nrow(table)) {
        return(draw_nothing("nothing has an expectation", table))
    }
    draw_expected(table, kind, n_labels, alpha)
}

expected_kind <- function(names) {
    kinds <- list(
        list(seen = "n_samples", expected = "expected",
            label = "junction_aa", what = "Samples", of = "samples"),
        list(seen = "links", expected = "expected_links", label = "member",
            what = "Links in the cluster", of = "links"),
        list(seen = "neighbors", expected = "expected", label = "junction_aa",
            what = "Neighbors", of = "neighbors")
    )
    for (kind in kinds) {
        needed <- c(kind$seen, kind$expected, kind$label, "p_value", "q_value")
        if (all(needed %in% names)) return(kind)
    }
    bad_argument("`x` must have the columns of a result of ",
        "expectedSharing(), neighborEnrichment() or enrichment()")
}

draw_expected <- function(table, kind, n_labels, alpha) {
    # None has no place on a scale of powers: half of one stands for it.
    table$y <- pmax(table$seen, 0.5)
    lowest <- min(table$expected[table$expected > 0], 1)
    table$x <- pmax(table$expected, lowest)
    kinds <- c("more than expected", "as expected")
    table$kind <- factor(kinds[2L - table$passes], kinds)
    # The outliers lie on top.
    table <- table[order(table$passes), , drop = FALSE]
    named <- utils::head(order(table$p), n_labels)
    named <- table[named[table$passes[named]], , drop = FALSE]
    named <- named[!duplicated(named$label), , drop = FALSE]
    ggplot2::ggplot(table, ggplot2::aes(.data$x, .data$y)) +
        ggplot2::geom_abline(colour = "grey50", linetype = 2) +
        ggplot2::geom_point(ggplot2::aes(colour = .data$kind), size = 2,
            alpha = ifelse(table$passes, 1, if (nrow(table) > 2000) 0.35
                else 0.7)) +
        ggplot2::guides(colour = ggplot2::guide_legend(override.aes =
            list(alpha = 1))) +
        ggplot2::scale_colour_manual(name = NULL, drop = FALSE, values =
            stats::setNames(c(group_palette[2L], "#8C8C8C"), kinds)) +
        ggplot2::scale_x_log10(labels = power_numbers) +
        ggplot2::scale_y_log10(breaks = c(0.5, 1, 2, 5, 10, 20, 50, 100, 200,
            500, 1000), labels = function(y) {
                ifelse(y == 0.5, "0", format(y, trim = TRUE,
                    drop0trailing = TRUE))
            }, expand = ggplot2::expansion(c(0.05, 0.12))) +
        (if (nrow(named)) name_layer(named, log10(table$x))) +
        ggplot2::labs(x = paste("Expected", kind$of), y = kind$what,
            caption = paste0(shown_number(sum(table$passes)), " of ",
                shown_number(nrow(table)), " have more than expected (q < ",
                plain_numbers(alpha), ")")) +
        theme_clusters() + ggplot2::theme(legend.position = "top")
}

power_numbers <- function(x) format(x, digits = 1, trim = TRUE)
