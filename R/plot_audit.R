# Plot what became of the rows: man/plotAudit.Rd.
plotAudit <- function(x, value = c("rows", "share")) {
    need_ggplot2("`plotAudit()`")
    value <- check_choice(value, "value", c("rows", "share"))
    if (methods::is(x, "Clusters")) x <- clusterAudit(x)
    if (!is.data.frame(x)) {
        bad_argument("`x` must be what clusterAudit() gives, not ", given(x))
    }
    if (is.data.frame(x)) x <- with_new_columns(x, "clustcr_audit")
    check_columns(x, c("repertoire_id", "given", "accepted"), "x")
    fates <- audit_fates(as.data.frame(x))
    if (!any(fates$rows > 0)) {
        return(draw_nothing("no rows were given", fates))
    }
    draw_audit(fates, value)
}

audit_fates <- function(x) {
    reasons <- setdiff(names(x), c("repertoire_id", "given", "accepted",
        "paired"))
    reasons <- reasons[vapply(x[reasons], is.numeric, NA)]
    sums <- vapply(reasons, function(reason) sum(x[[reason]]), 0)
    reasons <- reasons[order(-sums)][seq_len(sum(sums > 0))]
    # As many reasons as there are colours to tell them by.
    named <- utils::head(reasons, length(group_palette) - 1L)
    # The second chain of a pair is in, with the first.
    inside <- x$accepted + if (is.null(x$paired)) 0 else x$paired
    parts <- c(list(accepted = inside), x[named])
    rest <- setdiff(reasons, named)
    if (length(rest)) parts[["others"]] <- rowSums(x[rest])
    names(parts) <- gsub("_", " ", names(parts), fixed = TRUE)
    fates <- data.frame(
        name = factor(rep(as.character(x$repertoire_id), length(parts)),
            rev(unique(as.character(x$repertoire_id)))),
        fate = factor(rep(names(parts), each = nrow(x)), names(parts)),
        rows = as.numeric(unlist(parts, use.names = FALSE)),
        given = rep(x$given, length(parts))
    )
    fates$share <- ifelse(fates$given > 0, fates$rows / fates$given, 0)
    fates
}

draw_audit <- function(fates, value) {
    n <- nlevels(fates$name)
    fates$value <- fates[[value]]
    kinds <- levels(fates$fate)
    colours <- stats::setNames(c(other_palette[["unknown"]], group_palette)[
        seq_along(kinds)], kinds)
    if ("others" %in% kinds) colours[["others"]] <- other_palette[["several"]]
    left_out <- sum(fates$rows[fates$fate != "accepted"])
    plot <- ggplot2::ggplot(fates, ggplot2::aes(.data$value, .data$name,
        fill = .data$fate)) +
        ggplot2::geom_col(width = if (n <= 40) 0.8 else 1,
            position = ggplot2::position_stack(reverse = TRUE)) +
        ggplot2::scale_fill_manual(values = colours, name = NULL) +
        ggplot2::scale_x_continuous(
            labels = if (value == "share") axis_percent else axis_numbers,
            n.breaks = 4, expand = ggplot2::expansion(c(0, 0.05))) +
        ggplot2::scale_y_discrete(labels = short_labels()) +
        ggplot2::labs(
            x = if (value == "share") "Share of the rows given" else "Rows",
            y = if (n <= 40) NULL else paste(shown_number(n), "repertoires"),
            caption = paste0(shown_number(left_out), " of ", count_text(
                sum(fates$rows), "row"), " left out")
        ) + theme_clusters() +
        ggplot2::theme(panel.grid.major.y = ggplot2::element_blank())
    plot + ggplot2::theme(axis.text.y = if (n > 40) ggplot2::element_blank()
        else ggplot2::element_text(size = name_size(n)))
}

plot.clustcr_audit <- function(x, ...) drawn(plotAudit(x, ...))
