# A cluster's odds ratio in each stratum, and in all.
plot_strata <- function(x, cluster, summary) {
    strata <- attr(x, "summary")$strata
    if (is.null(strata)) {
        bad_argument("`x` must be of a test with `strata` and test = ",
            "\"fisher\" if `kind` is \"strata\"")
    }
    if (is.null(cluster)) cluster <- x$cluster[order(x$p_value)[1L]]
    text <- cluster_text(cluster)
    if (length(text) != 1L || !text %in% cluster_text(strata$cluster)) {
        bad_argument("`cluster` must be one of those with the smallest ",
            "p-values (", name_some(cluster_text(unique(strata$cluster))),
            "), not ", given(cluster))
    }
    own <- strata[cluster_text(strata$cluster) == text, , drop = FALSE]
    all <- as.data.frame(unclass_association(x))
    all <- all[match(text, cluster_text(all$cluster)), , drop = FALSE]
    own$all <- FALSE
    last <- own[1L, ]
    last[c("estimate", "conf_low", "conf_high")] <- all[c("estimate",
        "conf_low", "conf_high")]
    last$stratum <- "all strata"
    last[strata_counts] <- lapply(own[strata_counts], sum)
    last$all <- TRUE
    draw_strata(rbind(own, last), all, named_clusters(cluster, summary),
        attr(x, "summary"))
}

strata_counts <- c("n_case", "of_case", "n_control", "of_control")

draw_strata <- function(rows, all, name, about) {
    # Of many strata names and numbers stand in one line.
    many <- nrow(rows) > 8L
    rows$label <- paste0(short_names(rows$stratum, if (many) 16L else 24L),
        if (many) "   " else "\n", rows$n_case, "/", rows$of_case, " : ",
        rows$n_control, "/", rows$of_control)
    rows$label <- factor(rows$label, rev(rows$label))
    # Ratios and limits of 0 and infinity end at the rim.
    logs <- log2(unlist(rows[c("estimate", "conf_low", "conf_high")]))
    reach <- max(2, abs(logs[is.finite(logs)])) * 1.25
    within <- function(x) pmin(pmax(log2(x), -reach), reach)
    rows$at <- within(rows$estimate)
    rows$low <- within(rows$conf_low)
    rows$high <- within(rows$conf_high)
    case <- short_names(about$case)
    ggplot2::ggplot(rows, ggplot2::aes(.data$at, .data$label)) +
        ggplot2::geom_vline(xintercept = 0, colour = "grey60") +
        ggplot2::geom_segment(ggplot2::aes(x = .data$low, xend = .data$high,
            yend = .data$label), colour = "grey40", na.rm = TRUE) +
        ggplot2::geom_point(ggplot2::aes(shape = .data$all,
            colour = .data$all), size = 4, na.rm = TRUE) +
        ggplot2::scale_shape_manual(values = c(`FALSE` = 15, `TRUE` = 18),
            guide = "none") +
        ggplot2::scale_colour_manual(values = stats::setNames(
            group_palette[1:2], c(FALSE, TRUE)), guide = "none") +
        effect_scale(data.frame(effect = reach, beyond = any(is.infinite(
            logs))), FALSE) +
        ggplot2::labs(x = paste0("Odds ratio of \"", case, "\" (log2)"),
            y = NULL, title = paste("Cluster", short_names(name, 40L)),
            caption = wrapped(paste0(
                "Samples with the cluster of all: \"", case, "\" : \"",
                short_names(about$control), "\"; p = ",
                format(all$p_value, digits = 3)))) +
        theme_clusters() + ggplot2::theme(axis.text.y = ggplot2::element_text(
            size = if (many) row_name_size(nrow(rows)) else 12))
}
