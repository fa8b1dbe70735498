# Plot which clusters go with a phenotype: man/plotAssociation.Rd.
plotAssociation <- function(x, n_labels = 5, summary = NULL, alpha = NULL,
                            by = NULL, ...) {
    old_arguments(labels = "n_labels")
    need_ggplot2("`plotAssociation()`")
    n_labels <- check_number(n_labels, "n_labels", 0, whole = TRUE)
    columns <- c("cluster", "estimate", "p_value", "q_value", "n_samples")
    if (!is.data.frame(x)) {
        bad_argument("`x` must be a result of associateClusters(), not ",
            given(x))
    }
    check_columns(x, columns, "x")
    about <- attr(x, "summary")
    if (is.null(alpha)) alpha <- if (is.null(about)) 0.05 else about$alpha
    alpha <- check_number(alpha, "alpha", 0, 1)
    wilcoxon <- identical(about$test, "wilcoxon")
    table <- volcano_table(as.data.frame(x), wilcoxon, alpha)
    summary <- joined_summary(summary, x, by)
    if (!nrow(table)) return(draw_nothing("no cluster was tested", table))
    draw_volcano(table, about, wilcoxon, alpha,
        volcano_labels(table, n_labels, summary))
}

# The summary with clusters numbered as in `x`.
joined_summary <- function(summary, x, by) {
    by <- check_cluster_join(by)
    if (is.null(summary)) return(NULL)
    if (!is.data.frame(summary)) {
        bad_argument("`summary` must be a result of clusterSummary(), not ",
            given(summary))
    }
    check_columns(summary, c("cluster", "motif"), "summary")
    joined_clusters(summary, "summary", carried_identity(x), "x", by)
}

volcano_table <- function(x, wilcoxon, alpha) {
    x <- unclass_association(x)
    x <- x[!is.na(x$p_value) & !is.na(x$estimate), , drop = FALSE]
    x$effect <- if (wilcoxon) x$estimate else log2(x$estimate)
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
    label <- cluster_text(table$cluster[chosen])
    if (!is.null(summary)) {
        motif <- summary$motif[match(label, cluster_text(summary$cluster))]
        label <- ifelse(is.na(motif), label, paste0(label, ": ", motif))
    }
    cbind(table[chosen, , drop = FALSE], label = label)
}

draw_volcano <- function(table, about, wilcoxon, alpha, labels) {
    case <- if (is.null(about)) "cases"
        else paste0("\"", short_names(about$case), "\"")
    threshold <- if (any(table$passes)) min(table$strength[table$passes])
    kinds <- c("passes", "does not")
    table$kind <- factor(kinds[2L - table$passes], kinds)
    title <- if (wilcoxon) paste("Probability that", case, "has more")
        else paste("Odds ratio of", case, "(log2)")
    ggplot2::ggplot(table, ggplot2::aes(.data$effect, .data$strength)) +
        ggplot2::geom_vline(xintercept = if (wilcoxon) 0.5 else 0,
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
        effect_scale(table, wilcoxon) +
        ggplot2::labs(x = wrapped(title, 40L), y = expression(-log[10](p)),
            caption = wrapped(volcano_note(table, about))) +
        ggplot2::guides(fill = ggplot2::guide_legend(order = 1,
            override.aes = list(shape = 21, size = 5)),
            size = ggplot2::guide_legend(override.aes = list(
                fill = "grey40", shape = 21))) +
        theme_clusters() + volcano_names(labels, table)
}

# Infinite ratios stand at the rim, and the axis says what they are there.
effect_scale <- function(table, wilcoxon) {
    if (wilcoxon || !any(table$beyond)) {
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

volcano_note <- function(table, about) {
    note <- paste0(count_text(nrow(table), "cluster"), " tested, ",
        count_words(sum(table$passes), "passes",
            "pass"))
    if (is.null(about)) return(note)
    by_chance <- if (is.data.frame(about$permutations)) {
        paste0("; ", shown_number(signif(mean(about$permutations$passing), 3)),
            " by chance")
    }
    groups <- short_names(c(about$case, about$control), 40L)
    paste0(note, by_chance, "; ", about$n_case, " \"", groups[1L],
        "\" against ", about$n_control, " \"", groups[2L], "\"")
}

plot.clustcr_association <- function(x, ...) drawn(plotAssociation(x, ...))
