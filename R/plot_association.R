# Plot which clusters go with a phenotype: man/plotAssociation.Rd.
plotAssociation <- function(x, n_labels = 5, summary = NULL, alpha = NULL,
                            by = NULL, kind = NULL, cluster = NULL, ...) {
    old_arguments(labels = "n_labels")
    need_ggplot2("`plotAssociation()`")
    n_labels <- check_number(n_labels, "n_labels", 0, whole = TRUE)
    columns <- c("cluster", "estimate", "p_value", "q_value", "n_samples")
    if (!is.data.frame(x)) {
        bad_argument("`x` must be a result of associateClusters() or ",
            "associateReceptors(), not ", given(x))
    }
    check_columns(x, columns, "x")
    receptors <- tested_receptors(x)
    if (!is.null(receptors)) refuse_of_receptors(summary, kind)
    about <- attr(x, "summary")
    if (is.null(alpha)) alpha <- if (is.null(about)) 0.05 else about$alpha
    alpha <- check_number(alpha, "alpha", 0, 1)
    kind <- association_kind(kind, x)
    summary <- joined_summary(summary, x, by)
    if (kind == "strata") return(plot_strata(x, cluster, summary))
    x <- as.data.frame(x)
    x$receptor <- receptors
    if (kind == "heatmap") return(plot_heatmap(x, n_labels, alpha, summary))
    plain <- isTRUE(about$test %in% plain_estimates)
    table <- volcano_table(x, plain, alpha)
    if (!nrow(table)) return(draw_nothing(paste("no", unit_of(table),
        if (all(is.na(x$p_value))) "was tested" else "has an estimate"), table))
    labels <- volcano_labels(table, n_labels, summary)
    note <- volcano_note(x, table, about, alpha)
    if (kind == "manhattan") {
        return(draw_manhattan(table, about, alpha, labels, note))
    }
    draw_volcano(table, about, plain, alpha, labels, note)
}

# Of a result of associateReceptors() what its rows are called: by CDR3, and by
# genes, too, where these tell receptors apart. NULL of clusters.
tested_receptors <- function(x) {
    columns <- function(begin) {
        as.data.frame(x)[startsWith(names(x), begin)]
    }
    if (!"n_own" %in% names(x) || !length(columns("junction_aa"))) return(NULL)
    joined <- function(columns) do.call(paste, unname(columns))
    name <- joined(columns("junction_aa"))
    whole <- joined(c(columns("junction_aa"), columns("v_call"),
        columns("j_call")))
    known <- !duplicated(whole)
    twice <- unique(name[known][duplicated(name[known])])
    trimws(ifelse(name %in% twice, whole, name))
}

refuse_of_receptors <- function(summary, kind) {
    if (!is.null(summary)) {
        bad_argument("`summary` must be NULL if `x` is of ",
            "associateReceptors(): receptors are named by their CDR3s")
    }
    if (identical(kind, "strata")) {
        bad_argument("`kind` can't be \"strata\" if `x` is of ",
            "associateReceptors(), which keeps no odds ratios of strata")
    }
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
plot.clustcr_receptor_association <- plot.clustcr_association
