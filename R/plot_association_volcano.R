# The volcano of one phenotype, and what other pictures share with it.

# Estimates that are no ratios.
plain_estimates <- c("wilcoxon", "chisq", "kruskal", "spearman", "linear")

volcano_table <- function(x, plain, alpha) {
    x <- unclass_association(x)
    attr(x, "rule") <- NULL
    x <- x[!is.na(x$p_value) & !is.na(x$estimate), , drop = FALSE]
    x$effect <- if (plain) x$estimate else log2(x$estimate)
    # The smallest there is, so that a p-value of zero has a place.
    x$strength <- -log10(pmax(x$p_value, .Machine$double.xmin))
    x$passes <- !is.na(x$q_value) & x$q_value <= alpha
    finite <- is.finite(x$effect)
    border <- max(1, abs(x$effect[finite])) * 1.25
    x$beyond <- !finite
    x$effect[!finite] <- sign(x$effect[!finite]) * border
    x
}

volcano_labels <- function(table, n, summary) {
    chosen <- utils::head(order(table$p_value), n)
    chosen <- chosen[table$passes[chosen]]
    label <- named_clusters(units_of(table)[chosen], summary)
    if (!is.null(table[["phenotype"]])) {
        label <- paste(label, table$phenotype[chosen], sep = ", ")
    }
    cbind(table[chosen, , drop = FALSE], label = label)
}

# With their motifs, where these are known.
named_clusters <- function(cluster, summary) {
    label <- cluster_text(cluster)
    if (is.null(summary)) return(label)
    motif <- summary$motif[match(label, cluster_text(summary$cluster))]
    ifelse(is.na(motif), label, paste0(label, ": ", motif))
}

draw_volcano <- function(table, about, plain, alpha, labels, note) {
    case <- if (is.null(about$case)) "cases"
        else paste0("\"", short_names(about$case), "\"")
    threshold <- if (any(table$passes)) min(table$strength[table$passes])
    kinds <- c("passes", "does not")
    table$kind <- factor(kinds[2L - table$passes], kinds)
    test <- if (is.null(about)) "fisher" else about$test
    title <- effect_title(test, case)
    ggplot2::ggplot(table, ggplot2::aes(.data$effect, .data$strength)) +
        ggplot2::geom_vline(xintercept = if (test == "wilcoxon") 0.5 else 0,
            colour = "grey60") +
        (if (!is.null(threshold)) ggplot2::geom_hline(
            yintercept = threshold, linetype = 2, colour = "grey60")) +
        ggplot2::geom_point(ggplot2::aes(size = .data$n_samples,
            fill = .data$kind, shape = .data$beyond), colour = "white",
            show.legend = TRUE) +
        ggplot2::scale_fill_manual(values = stats::setNames(
            c(group_palette[2L], other_palette[["others"]]), kinds),
            name = paste("q of at most", shown_number(alpha)), drop = FALSE) +
        ggplot2::scale_shape_manual(values = c(`FALSE` = 21, `TRUE` = 24),
            guide = "none") +
        ggplot2::scale_size_area(name = "samples", max_size = 6,
            breaks = whole_breaks(table$n_samples)) +
        ggplot2::scale_y_continuous(labels = axis_numbers,
            expand = ggplot2::expansion(c(0.05, 0.1))) +
        effect_scale(table, plain) +
        ggplot2::labs(x = wrapped(title, 40L), y = expression(-log[10](p)),
            caption = wrapped(note)) +
        ggplot2::guides(fill = ggplot2::guide_legend(order = 1,
            override.aes = list(shape = 21, size = 5)),
            size = ggplot2::guide_legend(override.aes = list(
                fill = "grey40", shape = 21))) +
        theme_clusters() + volcano_names(labels, table)
}

effect_title <- function(test, case) {
    switch(test,
        wilcoxon = paste("Probability that", case, "has more"),
        chisq = "Cramer's V", kruskal = "Epsilon squared",
        spearman = "Rank correlation",
        linear = "Rise with one more of the value",
        cox = "Hazard ratio (log2)",
        paste("Odds ratio of", case, "(log2)")
    )
}

# Infinite ratios stand at the rim, and the axis says what they are there.
effect_scale <- function(table, plain) {
    if (plain || !any(table$beyond)) {
        return(ggplot2::scale_x_continuous(labels = axis_numbers))
    }
    border <- max(abs(table$effect))
    inside <- pretty(c(-border, border), 5)
    inside <- inside[abs(inside) < 0.9 * border]
    ggplot2::scale_x_continuous(breaks = c(-border, inside, border),
        labels = c("-Inf", axis_numbers(inside), "Inf"),
        limits = c(-border, border), expand = ggplot2::expansion(0.04))
}

volcano_names <- function(labels, table) {
    if (!nrow(labels)) return(NULL)
    labels$x <- labels$effect
    labels$y <- labels$strength
    name_layer(labels, table$effect)
}

# What was tested is more than what is drawn: an odds ratio without cases or
# controls to compare has no place.
volcano_note <- function(x, table, about, alpha) {
    several <- !is.null(table[["phenotype"]])
    what <- if (several) "test" else unit_of(table)
    tested <- sum(!is.na(x$p_value))
    hidden <- tested - nrow(table)
    note <- paste0(count_text(tested, what), if (several) " shown"
        else " tested", if (hidden > 0) paste0(" (", shown_number(hidden),
            " without an estimate not drawn)"), ", ",
        count_words(sum(x$q_value <= alpha, na.rm = TRUE), "passes", "pass"))
    if (is.null(about)) return(note)
    by_chance <- if (is.data.frame(about$permutations)) {
        paste0("; ", shown_number(signif(mean(about$permutations$passing), 3)),
            " by chance")
    }
    if (is.null(about$case)) return(paste0(note, by_chance))
    groups <- short_names(c(about$case, about$control), 40L)
    paste0(note, by_chance, "; ", about$n_case, " \"", groups[1L],
        "\" against ", about$n_control, " \"", groups[2L], "\"")
}

# What a row is of.
unit_of <- function(x) if (is.null(x[["receptor"]])) "cluster" else "receptor"

units_of <- function(x) x[[unit_of(x)]]
