#' Which settings to cluster by
#'
#' Clusters a sample of the data once for each combination of inflation, V gene
#' and distance, and says what comes out: how many receptors are in clusters,
#' how large these are and, where labels are known, how pure.
#'
#' With labels look for the setting of most `purity` that keeps `retention` and
#' `consistency` acceptable: they pull against each other, as larger clusters
#' hold more of a label together and mix more of them. Without labels sizes tell
#' where clusters run together: the `largest` should not hold a great share of
#' all receptors.
#'
#' A sample has fewer neighbours than the whole, so that retention and sizes
#' grow with it: compare settings with each other, and look again on all data.
#'
#' @param data Receptors: a data.frame with `junction_aa` and, where genes
#'     count, `v_call`, a character vector of CDR3s, or a
#'     `Biostrings::AAStringSet`.
#' @param labels What is known of some of them: a data.frame with `junction_aa`
#'     (and `v_call`, where `data` has it) and a column `label`, as for
#'     [clusterMetrics()]; may be `data` itself. Labels of receptors that `data`
#'     does not have are left out.
#' @param inflation,v_gene,distance Values to try, as for [Clustering]: MCL's
#'     inflation, above 1; `"none"`, `"family"`, `"gene"`, `"allele"`;
#'     `"hamming"`, `"levenshtein"`. `v_gene = NULL`: `"none"` and, where `data`
#'     has V genes, `"gene"`.
#' @param ... One value each of other arguments of [Clustering()], for all:
#'     `chain`, `method`, `j_gene`, `max_distance`, `n_cpus`.
#' @param sample_size The most rows to cluster, 10 or more; the labelled are all
#'     among them.
#' @param label The name of the column of `labels`.
#' @param seed Of the sample and of the baseline, a whole number of 0 or more.
#' @return A data.frame of class `clustcr_settings` with a row for each
#'     combination:
#'
#'     * `distance`, `v_gene`, `inflation`.
#'     * `clusters`; `median_size` and `largest`: receptors in a cluster.
#'     * `retention`: the share of receptors (where there are labels, of the
#'       labelled) that are in a cluster, from 0 to 1.
#'     * `purity`, `consistency`: see [clusterMetrics()], and what they come to
#'       in clusters filled at random (`purity_baseline`,
#'       `consistency_baseline`); `NA` without labels.
#'     * `seconds` that clustering took.
#'
#'     The attribute `counts` has the number of `rows` given and `sampled`, of
#'     distinct `receptors`, and of those `labelled`. `plot()` draws it as
#'     [plotSettings()] does.
#' @section Errors:
#' `clustcr_error_invalid_argument` where a value is none that [Clustering]
#' takes; `clustcr_error_labels` where `labels` has none of the receptors of
#' `data`.
#' @seealso [clusterMetrics()], [clusterRepertoires()] for defaults that were
#'     chosen this way.
#' @export
#' @examples
#' folder <- system.file("extdata", "cohort", package = "clustcr")
#' data <- readCdr3(file.path(folder, "sample_1.tsv.gz"))
#' found <- compareSettings(data, inflation = c(1.2, 2), sample_size = 3000)
#' found
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'     plotSettings(found)
#' }
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
    if (inherits(data, "DataFrame")) data <- as.data.frame(data)
    if (is.data.frame(data)) return(as.data.frame(data))
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
            paste0("\"", parameter_table[[name]]$choices, "\"", collapse = ", "),
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

#' @rdname compareSettings
#' @param x A result of `compareSettings()`.
#' @export
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
