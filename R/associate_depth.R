# Depth and batch: what may look like a phenotype and is none. A sample that was
# sequenced deeper has more of all clusters.

depth_choices <- c("none", "covariate", "downsample")

# Where it is as improbable as this that depth is the same, a message says so.
depth_alarm <- 0.01
# Of fewer clusters the depth is what the clusters are, and says nothing else.
depth_clusters <- 20L

# `about` with what depth and batch have to do with the phenotype; told where
# the test does not know of it.
with_warnings <- function(about, cohort, setting) {
    about$depth <- depth_by(about, cohort, setting)
    if (isTRUE(setting$several)) return(about)
    alarm <- isTRUE(about$depth$p_value < depth_alarm) &&
        clusters_of(cohort) >= depth_clusters &&
        setting$options$depth == "none"
    if (alarm) {
        inform("depth", "Depth goes with the phenotype: ", depth_words(
            about$depth), ". Samples of more depth have more of all clusters; ",
            "`depth` says what to do about it.")
    }
    about$batch <- explaining_columns(about, cohort)
    if (length(about$batch)) {
        inform("batch", shown_names(about$batch), if (length(about$batch) == 1L)
            " of the sample sheet tells" else " of the sample sheet tell",
            " the phenotype: what is found may be a batch's. `strata` or ",
            "`covariates` compare within batches, where that can be done.")
    }
    about
}

# Of blocks the number that there were.
clusters_of <- function(cohort) {
    if (is.null(cohort$x$rows)) nrow(cohort$x$matrix) else cohort$x$rows
}

# The test of the depth itself: list(p_value, level, median); NULL where it is
# the same in all samples.
depth_by <- function(about, cohort, setting) {
    depth <- cohort$x$depth
    used <- !is.na(about$label)
    if (length(unique(depth[used])) < 2L) return(NULL)
    row <- Matrix::sparseMatrix(i = rep(1L, length(depth)),
        j = seq_along(depth), x = depth, dims = c(1L, length(depth)))
    options <- once_options(setting$options)
    base <- matrix(1, sum(used), 1L)
    found <- switch(about$kind,
        groups = if (is.null(cohort$pairs)) cpp_associate(row, about$label,
            "wilcoxon", base, options, 1L),
        levels = cpp_associate_levels(row, about$label, length(about$levels),
            "kruskal", options, 1L),
        numbers = {
            ranks <- rank(about$label[used])
            cpp_associate_numbers(row, ifelse(used, 0L, NA),
                ranks - mean(ranks), TRUE, options$quantile, base, options,
                1L)
        }
    )
    if (is.null(found) || is.nan(found$p_value)) return(NULL)
    depth_found(found, about, depth)
}

depth_found <- function(found, about, depth) {
    if (about$kind == "numbers") {
        return(list(p_value = found$p_value, correlation = found$estimate))
    }
    medians <- tapply(depth, factor(about$label,
        seq_along(about$levels) - 1L), stats::median)
    list(p_value = found$p_value, level = about$levels,
        median = as.vector(medians))
}

depth_words <- function(depth) {
    p <- paste0("(p = ", format(depth$p_value, digits = 2), ")")
    if (!is.null(depth$correlation)) {
        return(paste("rank correlation", format(depth$correlation, digits = 2),
            p))
    }
    paste(paste0("median ", shown_numbers(signif(depth$median, 4)), " in ",
        vapply(depth$level, given, ""), collapse = ", "), p)
}

# Of each phenotype the p-value, and how many are below the alarm.
depth_of_many <- function(labels, cohort, setting) {
    p <- vapply(seq_len(ncol(labels)), function(i) {
        found <- depth_by(list(kind = "groups", label = labels[, i],
            levels = c("0", "1")), cohort, setting)
        if (is.null(found)) NA_real_ else found$p_value
    }, 0)
    q <- stats::p.adjust(p, "BH")
    many <- sum(q <= 0.05, na.rm = TRUE)
    if (many && setting$options$depth == "none") {
        inform("depth", "Depth goes with ", count_words(many, "phenotype",
            "phenotypes"), " of ", ncol(labels), " (q-values of at most 0.05).",
            " Samples of more depth have more of all clusters; `depth` says ",
            "what to do about it.")
    }
    list(p_value = p, passing = many)
}

# Columns of the sheet that are usually called as batches are.
batch_words <- c("batch", "run", "plate", "project", "center", "centre", "site",
    "lane", "library", "kit", "cohort", "study", "experiment", "sequencer",
    "machine", "instrument", "pool", "flowcell", "panel", "hospital", "source")

# Those whose value tells the group of (nearly) all samples, though the groups
# differ.
explaining_columns <- function(about, cohort) {
    if (!about$kind %in% c("groups", "levels")) return(character())
    sheet <- cohort$sheet
    own <- !is.na(about$label)
    names <- as.character(names(sheet))
    names <- Filter(function(name) {
        words <- strsplit(normal_name(name), "_", fixed = TRUE)[[1L]]
        any(words %in% batch_words) && is.atomic(sheet[[name]])
    }, names)
    Filter(function(name) {
        batch <- id_text(sheet[[name]])[own]
        label <- about$label[own]
        known <- !is.na(batch)
        cells <- table(batch[known], label[known])
        if (nrow(cells) < 2L || nrow(cells) > sum(known) / 2) return(FALSE)
        told <- sum(apply(cells, 1L, max)) / sum(cells)
        told >= 0.95 && told > max(colSums(cells)) / sum(cells)
    }, names)
}
