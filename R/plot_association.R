# Plot which clusters go with a phenotype: man/plotAssociation.Rd.
plotAssociation <- function(x, n_labels = 5, summary = NULL, alpha = NULL,
                            by = NULL, kind = NULL, cluster = NULL, ...) {
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
    kind <- association_kind(kind, x)
    summary <- joined_summary(summary, x, by)
    if (kind == "strata") return(plot_strata(x, cluster, summary))
    if (kind == "heatmap") return(plot_heatmap(x, n_labels, alpha, summary))
    plain <- isTRUE(about$test %in% plain_estimates)
    table <- volcano_table(as.data.frame(x), plain, alpha)
    if (!nrow(table)) return(draw_nothing("no cluster was tested", table))
    labels <- volcano_labels(table, n_labels, summary)
    if (kind == "manhattan") return(draw_manhattan(table, about, alpha, labels))
    draw_volcano(table, about, plain, alpha, labels)
}

association_kinds <- c("volcano", "manhattan", "heatmap", "strata")

# Of several phenotypes the picture over all of them.
association_kind <- function(kind, x) {
    several <- !is.null(x[["phenotype"]])
    if (is.null(kind)) return(if (several) "manhattan" else "volcano")
    check_choice(kind, "kind", association_kinds)
    if (kind %in% c("manhattan", "heatmap") && !several) {
        bad_argument("`kind` must be \"volcano\" or \"strata\" for one ",
            "phenotype, not ", given(kind))
    }
    kind
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

plot.clustcr_association <- function(x, ...) drawn(plotAssociation(x, ...))
