# What all pictures share: type that is read at a slide's distance, colours that
# the colour-blind tell apart, and numbers that do not depend on R's options.

theme_clusters <- function() {
    ggplot2::theme_minimal(15) + ggplot2::theme(
        panel.grid.minor = ggplot2::element_blank(),
        axis.text = ggplot2::element_text(colour = "grey20"),
        strip.text = ggplot2::element_text(hjust = 0, colour = "grey10"),
        plot.title = ggplot2::element_text(size = 16, face = "bold"),
        plot.subtitle = ggplot2::element_text(colour = "grey30"),
        plot.caption = ggplot2::element_text(colour = "grey30", size = 12),
        plot.title.position = "plot", plot.caption.position = "plot"
    )
}

# The data of a layer, inside of aes().
utils::globalVariables(".data")

# Names of many rows are smaller.
name_size <- function(n) if (n > 20) 9 else if (n > 12) 11 else 13

# Those below each other have at most the height of a row where a picture is
# five inches high.
row_name_size <- function(n) max(4, min(name_size(n), 215 / n))

# Why a picture has nothing to show.
no_cluster <- "`x` has no cluster"

# Text inside a panel, of 12 points: ggplot2 counts it in millimetres.
label_size <- 12 * 25.4 / 72.27

# Okabe and Ito (2008), without yellow, which is too pale for points.
group_palette <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
    "#56B4E9", "#000000")

# As many colours, all different: these, then others of Paul Tol's that the
# colour-blind tell apart, then hues in turns of light and dark.
more_palette <- c("#882255", "#F0E442", "#44AA99", "#332288", "#999933",
    "#AA4499", "#117733", "#DDCC77", "#661100")

many_colours <- function(n) {
    known <- c(group_palette, more_palette)
    more <- max(0L, n - length(known))
    i <- seq_len(more)
    c(known[seq_len(min(n, length(known)))], grDevices::hcl(
        h = 360 * (i - 1) / max(more, 1), c = 60, l = c(45, 80, 62)[
            (i - 1) %% 3 + 1]))
}

# Names beside points, apart from each other and within the panel where ggrepel
# is installed; else towards the middle of `x`, each lower than the one before.
name_layer <- function(named, x) {
    named$label <- short_names(named$label, 30L)
    n <- nrow(named)
    size <- label_size * if (n > 8) 0.75 else if (n > 5) 0.85 else 1
    if (!has_package("ggrepel")) {
        named$side <- (named$x - min(x)) / max(diff(range(x)), 1e-9)
        named$place <- apart(named$y, 0.05 * max(diff(range(0, named$y)), 1e-9))
        return(list(
            ggplot2::geom_segment(ggplot2::aes(.data$x, .data$y,
                xend = .data$x, yend = .data$place), named, colour = "grey60"),
            ggplot2::geom_text(ggplot2::aes(.data$x, .data$place,
                label = .data$label, hjust = .data$side), named, size = size,
                vjust = -0.8)
        ))
    }
    ggrepel::geom_text_repel(ggplot2::aes(.data$x, .data$y,
        label = .data$label), named, size = size, bg.color = "white",
        bg.r = 0.15, min.segment.length = 0, max.overlaps = Inf,
        # Many need less room around each, and more steps to find it.
        box.padding = if (n > 5) 0.35 else 0.6, force = if (n > 5) 4 else 1,
        max.time = 10, max.iter = 40000, seed = 42)
}

# `y`, moved down so that none is within `step` of another.
apart <- function(y, step) {
    lowest <- Inf
    for (i in order(-y)) {
        y[i] <- min(y[i], lowest - step)
        lowest <- y[i]
    }
    y
}

# What is no group of its own.
other_palette <- c(several = "#6E6E6E", others = "#A0A0A0",
    unknown = "#C8C8C8")

# Names of groups as a factor with at most so many levels as there are colours:
# the rarest become "others". Levels of a factor keep their order, others come
# by frequency.
as_groups <- function(x) {
    counts <- table(as.character(x))
    levels <- if (is.factor(x)) levels(x)[levels(x) %in% x]
        else names(counts)[order(-counts, names(counts), method = "radix")]
    x <- as.character(x)
    x[is.na(x) | !nzchar(x)] <- "unknown"
    special <- names(other_palette)
    levels <- setdiff(levels, c(special, ""))
    if (length(levels) > length(group_palette)) {
        common <- levels[order(-counts[levels], levels, method = "radix")]
        kept <- common[seq_len(length(group_palette))]
        x[x %in% setdiff(levels, kept)] <- "others"
        levels <- levels[levels %in% kept]
    }
    factor(x, c(levels, special[special %in% x]))
}

group_colours <- function(groups) {
    levels <- levels(groups)
    own <- setdiff(levels, names(other_palette))
    colours <- stats::setNames(group_palette[seq_along(own)], own)
    c(colours, other_palette)[levels]
}

# From a pale to a dark purple: read by lightness alone.
fill_scale <- function(name, ...) {
    ggplot2::scale_fill_gradient(name = name, low = "#F3F0F7", high = "#3F007D",
        na.value = "white", ...)
}

# The colours of residues by chemistry, also told apart by the colour-blind.
residue_chemistry <- data.frame(
    letter = strsplit("GSTYCNQAVLIPWFMDEKRH", "")[[1L]],
    chemistry = rep(c("polar", "hydrophobic", "acidic", "basic"),
        c(7, 8, 2, 3))
)
chemistry_colours <- c(polar = "#009E73", hydrophobic = "#000000",
    acidic = "#D55E00", basic = "#0072B2")

# Labels of axes: the same whatever options(OutDec) and scipen.
axis_numbers <- function(x) {
    replace(vapply(x, shown_number, ""), is.na(x), "")
}
axis_percent <- function(x) {
    replace(paste(vapply(signif(100 * x, 3), shown_number, ""), "%"), is.na(x),
        "")
}

# A share in words, never 0 % of what is there.
percent_text <- function(share) {
    ifelse(share > 0 & share < 0.005, "< 1 %",
        paste(vapply(round(100 * share), shown_number, ""), "%"))
}

need_ggplot2 <- function(what) need_package("ggplot2", what)

# A picture that says why it has nothing to show. `data` has the columns that
# it would have had.
draw_nothing <- function(why, data = data.frame()) {
    ggplot2::ggplot(data) +
        ggplot2::annotate("text", x = 0, y = 0, size = label_size * 1.2,
            label = wrapped(paste0("Nothing to draw: ", why), 44L),
            colour = "grey30") +
        ggplot2::labs(x = NULL, y = NULL) + theme_clusters() +
        ggplot2::theme(axis.text = ggplot2::element_blank(),
            panel.grid = ggplot2::element_blank())
}
