# Compare settings of clustering: man/compareSettings.Rd.
compareSettings <- function(data, labels = NULL, inflation = c(1.2, 1.5, 2, 3),
                            v_gene = NULL, distance = "hamming", ...,
                            sample_size = 1e5, label = "label", seed = 42) {
    sample_size <- check_number(sample_size, "sample_size", 10, whole = TRUE)
    seed <- check_number(seed, "seed", 0, .Machine$integer.max, whole = TRUE)
    rows <- settings_rows(data)
    if (is.null(v_gene)) v_gene <- known_levels(rows)
    grid <- settings_grid(inflation, v_gene, distance)
    # A wrong value is told before anything is clustered.
    settings <- lapply(seq_len(nrow(grid)), function(i) {
        settings_object(grid[i, ], seed, ...)
    })
    known <- if (!is.null(labels)) known_labels(rows, labels, label)
    sampled <- sampled_rows(nrow(rows), known$row, sample_size, seed)
    used <- rows[sampled, , drop = FALSE]
    found <- cbind(grid, do.call(rbind, lapply(settings, function(one) {
        describe_setting(one, used, known, seed)
    })))
    structure(found, class = c("clustcr_settings", "data.frame"), counts = c(
        rows = nrow(rows), sampled = nrow(used),
        receptors = distinct_rows(used),
        labelled = if (is.null(known)) 0 else nrow(known$receptors)
    ))
}

settings_rows <- function(data) {
    if (is_table(data)) return(as.data.frame(data))
    data.frame(junction_aa = as_sequence_vector(data))
}

known_levels <- function(rows) {
    there <- intersect(c("v_call", paste0("v_call_", chain_names)),
        names(rows))
    named <- vapply(rows[there], function(x) {
        any(!is.na(x) & nzchar(as.character(x)))
    }, NA)
    c("none", if (any(named)) "gene")
}

settings_grid <- function(inflation, v_gene, distance) {
    if (!is.numeric(inflation) || !length(inflation)) {
        bad_argument("`inflation` must be numbers above 1, not ",
            given(inflation))
    }
    for (value in inflation) check_mcl_params(c(value, 2), "inflation")
    grid <- expand.grid(
        inflation = unique(inflation),
        v_gene = each_choice(v_gene, "v_gene"),
        distance = each_choice(distance, "distance"),
        stringsAsFactors = FALSE
    )
    grid[c("distance", "v_gene", "inflation")]
}

each_choice <- function(x, name) {
    if (!is.character(x) || !length(x)) {
        bad_argument("`", name, "` must be among ",
            paste0("\"", parameter_table[[name]]$choices, "\"",
                collapse = ", "),
            ", not ", given(x))
    }
    for (value in x) check_parameter(name, value)
    unique(x)
}

# `method` is that of the whole graph, as nothing else depends on the setting
# alone; other arguments as they are given.
settings_object <- function(setting, seed, ...) {
    refuse_arguments(list(...), "compareSettings()",
        setdiff(named_arguments(Clustering), "mcl_params"),
        named_arguments(compareSettings))
    given <- utils::modifyList(list(method = "mcl", seed = seed), list(...))
    do.call(Clustering, c(given, list(distance = setting$distance,
        v_gene = setting$v_gene, mcl_params = c(setting$inflation, 2))))
}

# list(receptors, labels, row): labelled receptors that `rows` has, their labels
# by `key`, and those rows. A receptor is a CDR3 with its V gene throughout,
# where it is known, so that settings with and without genes are judged by the
# same receptors.
known_labels <- function(rows, labels, label) {
    labels <- plain_frame(labels)
    if (!is.data.frame(labels)) {
        bad_argument("`labels` must be a data.frame, not ", given(labels))
    }
    labels <- joined_chains(as.data.frame(labels))
    check_columns(labels, c("junction_aa", check_string(label, "label")),
        "labels")
    rows <- joined_chains(rows)
    by <- intersect(c("junction_aa", "v_call"), intersect(names(rows),
        names(labels)))
    key <- function(table) {
        do.call(paste, c(lapply(table[by], as_plain_text), sep = "\t"))
    }
    own <- key(rows)
    labels$key <- key(labels)
    known <- as_plain_text(labels[[label]])
    there <- nzchar(known) & labels$key %in% own
    if (!any(there)) {
        raise_error("labels", paste0("`labels` must have receptors that ",
            "`data` has, by ", paste0("`", by, "`", collapse = " and "),
            "; none of its ", shown_number(nrow(labels)), " rows is there"))
    }
    list(
        receptors = labels[there & !duplicated(labels$key), c("key", by)],
        labels = data.frame(junction_aa = labels$key, label = known)[there, ],
        row = which(own %in% labels$key[there])
    )
}

as_plain_text <- function(x) {
    x <- as.character(x)
    replace(x, is.na(x), "")
}

sampled_rows <- function(n, labelled, most, seed) {
    if (n <= most) return(seq_len(n))
    others <- setdiff(seq_len(n), labelled)
    wanted <- max(0, min(most - length(labelled), length(others)))
    drawn <- with_own_seed(seed, others[sample.int(length(others), wanted)])
    sort(c(labelled, drawn))
}

distinct_rows <- function(rows) {
    rows <- joined_chains(rows)
    nrow(unique(rows[intersect(c("junction_aa", "v_call"), names(rows))]))
}

describe_setting <- function(clustering, rows, known, seed) {
    fit <- function(...) {
        suppressMessages(clustering$fit(rows, ...), classes = "clustcr_message")
    }
    began <- proc.time()[["elapsed"]]
    result <- fit()
    seconds <- proc.time()[["elapsed"]] - began
    table <- cluster_rows(result)
    size <- as.vector(table(table$cluster))
    metrics <- if (!is.null(known)) {
        setting_metrics(table, known, clustering$v_gene, seed)
    } else {
        # Rows that can't be clustered are no receptors.
        receptors <- nrow(cluster_rows(fit(singletons = TRUE)))
        list(retention = if (receptors) nrow(table) / receptors else NaN,
            purity = NA_real_, consistency = NA_real_,
            purity_baseline = NA_real_, consistency_baseline = NA_real_)
    }
    data.frame(
        clusters = length(size),
        median_size = as.numeric(stats::median(size)),
        largest = max(size, 0), metrics, seconds = seconds
    )
}

setting_metrics <- function(table, known, v_gene, seed) {
    # What names a receptor in both, by the level of this setting.
    key <- function(x) {
        if (v_gene == "none" || is.null(x$v_call)) return(x$junction_aa)
        paste(x$junction_aa, gene_of_pairs(x$v_call, v_gene), sep = "\t")
    }
    at <- match(key(known$receptors), key(table))
    found <- clusterMetrics(
        data.frame(junction_aa = known$receptors$key,
            cluster = table$cluster[at]),
        known$labels, seed = seed
    )
    value <- stats::setNames(found$value, found$metric)
    baseline <- stats::setNames(found$baseline, found$metric)
    list(retention = value[["retention"]], purity = value[["purity"]],
        consistency = value[["consistency"]],
        purity_baseline = baseline[["purity"]],
        consistency_baseline = baseline[["consistency"]])
}

print.clustcr_settings <- function(x, ...) {
    counts <- attr(x, "counts")
    if (!is.null(counts)) {
        say_lines(paste0(count_text(nrow(x), "setting"), " on ",
            count_text(counts[["receptors"]], "receptor"),
            if (counts[["sampled"]] < counts[["rows"]]) paste0(" (",
                shown_number(counts[["sampled"]]), " of ",
                count_text(counts[["rows"]], "row"), ")"),
            if (counts[["labelled"]] > 0) paste0(", ",
                shown_number(counts[["labelled"]]), " of them labelled")))
    }
    rows <- x
    class(rows) <- "data.frame"
    attr(rows, "counts") <- NULL
    # The baselines are in the picture.
    idle <- vapply(rows, function(column) all(is.na(column)), NA) |
        endsWith(names(rows), "_baseline")
    print_table(rows[nrow(rows) == 0 | !idle], row.names = FALSE, digits = 3)
    invisible(x)
}
