# Plot how many donors a study needs: man/associationPower.Rd.
plotPower <- function(x, target = 0.8) {
    need_ggplot2("`plotPower()`")
    if (!inherits(x, "clustcr_power")) {
        bad_argument("`x` must be a result of associationPower(), not ",
            given(x))
    }
    target <- check_number(target, "target", 0, 1)
    about <- attr(x, "summary")
    table <- as.data.frame(x)
    class(table) <- "data.frame"
    table <- table[!is.na(table$power), , drop = FALSE]
    if (!nrow(table)) {
        return(draw_nothing("no number of donors has this power", table))
    }
    effects <- sort(unique(table$effect))
    table$odds <- factor(shown_numbers(table$effect), shown_numbers(effects))
    shares <- sort(unique(table$carriers))
    table$panel <- factor(paste(shown_numbers(100 * table$carriers),
        "% of controls"), paste(shown_numbers(100 * shares), "% of controls"))
    ggplot2::ggplot(table, ggplot2::aes(.data$n, .data$power,
        colour = .data$odds, group = .data$odds)) +
        ggplot2::geom_hline(yintercept = target, colour = "grey60",
            linetype = 2) +
        (if (max(table(table$odds, table$panel)) > 1L) ggplot2::geom_line(
            linewidth = 1)) +
        ggplot2::geom_point(size = 2) +
        ggplot2::facet_wrap(ggplot2::vars(.data$panel)) +
        ggplot2::scale_colour_manual(name = "odds ratio",
            values = power_colours(length(effects))) +
        ggplot2::scale_x_continuous(labels = axis_numbers) +
        ggplot2::scale_y_continuous(labels = axis_percent, limits = 0:1) +
        ggplot2::labs(x = "Donors", y = "Power", caption = if (
            !is.null(about)) wrapped(paste0("Fisher's test of ", count_text(
            about$tests, "cluster"), " at q of at most ", format(about$q),
        " (p of at most ", format(about$max_p, digits = 2), "); ",
        percent_text(about$case_share), " of donors are cases"))) +
        theme_clusters()
}

# From pale to dark; a few are told apart by hue.
power_colours <- function(n) {
    if (n <= length(group_palette)) group_palette[seq_len(n)]
    else grDevices::colorRampPalette(c("#BCBDDC", "#3F007D"))(n)
}

plot.clustcr_power <- function(x, ...) drawn(plotPower(x, ...))
