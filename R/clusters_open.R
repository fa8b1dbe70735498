# How a RepertoireClusters comes to be: from a run that was just made, or from
# a directory that holds one.

# The run of `x`: the slots are truth, and the pointer is made anew for each
# call.
open_kept <- function(x) {
    if (!dir.exists(x@directory) || !cpp_store_exists(x@directory)) {
        raise_error("gone", paste0(
            "the clusters in '", x@directory, "' are gone",
            if (!is_durable(x@directory)) paste0(
                ": the folder was a temporary one, which ends with the ",
                "session; give `directory` to keep clusters"
            ) else "; `openClusters()` opens those that were moved elsewhere"
        ))
    }
    store <- open_store(x@directory)
    if (cpp_store_describe(store)$id != x@store_id) {
        raise_error("gone", paste0(
            "the clusters in '", x@directory, "' were removed, and another ",
            "store is there now; `openClusters()` opens its clusters"
        ))
    }
    cpp_run_look(store, x@run_id, "")
}

table_of.RepertoireClusters <- function(x, columns) {
    empty_table(x@parameters, columns)
}

# Calls FUN(run, unit, first) for the units with rows, or those of `units`;
# `first` is the number of its first cluster.
walk_kept <- function(x, FUN, units = seq_len(nrow(x@units))) {
    run <- open_kept(x)
    first <- cumsum(c(1, x@units$clusters))
    for (unit in units[x@units$rows[units] > 0]) FUN(run, unit, first[unit])
}

kept_unit <- function(x, run, unit, first, columns) {
    unit_table(cpp_run_unit(run, unit, first, columns, 1L), x@parameters$chain)
}

# A unit at a time, unless the clusters are asked for in another order.
walk_rows.RepertoireClusters <- function(x, FUN, columns, chosen) {
    if (is.unsorted(chosen)) {
        x@chosen <- list(sort(chosen))
        return(FUN(rows_within(collect_units(x, columns), chosen)))
    }
    within <- findInterval(chosen, cumsum(c(1, x@units$clusters)))
    units <- if (is.null(chosen)) seq_len(nrow(x@units)) else unique(within)
    walk_kept(x, function(run, unit, first) {
        FUN(rows_within(kept_unit(x, run, unit, first, columns),
            chosen[within == unit]))
    }, units)
}

openClusters <- function(directory) open_clusters(directory)

open_clusters <- function(directory, name = "directory") {
    directory <- absolute_path(directory, name)
    if (!dir.exists(directory) || !cpp_store_exists(directory)) {
        raise_error("gone", paste0(
            "`", name, "` must hold clusters; ",
            if (dir.exists(directory)) "no store is in '"
            else "there is no folder '", directory, "'"
        ))
    }
    x <- read_clusters_object(directory)
    if (is.null(x)) x <- clusters_of_store(directory)
    x
}

clusters_object_file <- function(directory) {
    cohort_path(directory, "clusters.txt")
}

# Its directory is where it lies: it may have been moved.
clusters_slots <- c("store_id", "run_id", "parameters", "samples", "counts",
    "units", "audit", "failed", "usage")

write_clusters_object <- function(x) {
    values <- lapply(stats::setNames(nm = clusters_slots), methods::slot,
        object = x)
    write_data(values, clusters_object_file(x@directory), "clusters")
}

# What clusterRepertoires() left, if it is of this store; NULL otherwise.
read_clusters_object <- function(directory) {
    values <- tryCatch(
        read_data(clusters_object_file(directory), "clusters"),
        clustcr_error = function(e) NULL
    )
    if (!setequal(names(values), clusters_slots)) return(NULL)
    x <- tryCatch(
        do.call(methods::new, c("RepertoireClusters", values,
            directory = directory)),
        error = function(e) NULL
    )
    if (is.null(x) || !fits_together(x)) return(NULL)
    tryCatch({
        open_kept(x)
        x
    }, clustcr_error_gone = function(e) NULL)
}

fits_together <- function(x) {
    same <- function(a, b) isTRUE(all.equal(a, b))
    all(vapply(list(x@store_id, x@run_id), function(id) {
        grepl("^[0-9a-f]{16}$", id[1L]) && length(id) == 1L
    }, NA)) &&
        all(c("chain", "v_gene", "j_gene", "singletons") %in%
            names(x@parameters)) &&
        same(x@samples$repertoire_id, x@audit$repertoire_id) &&
        same(sum(x@units$clusters), x@counts["clusters"][[1L]]) &&
        same(sum(x@units$rows), x@counts["clustered"][[1L]])
}

# The last finished run of any store: the one begun last, or else the one that
# was last at work.
clusters_of_store <- function(directory) {
    store <- open_store(directory)
    folders <- list.dirs(file.path(directory, "runs"), recursive = FALSE)
    folders <- folders[order(file.mtime(folders), decreasing = TRUE)]
    ids <- unique(c(cpp_run_current(store, ""), basename(folders)))
    for (id in ids[nzchar(ids)]) {
        run <- tryCatch(cpp_run_look(store, id, ""),
            clustcr_error = function(e) NULL)
        if (is.null(run)) next
        totals <- cpp_run_totals(run)
        if (totals[["done"]] < totals[["units"]]) next
        return(clusters_of_run(directory, run))
    }
    raise_error("not_finished", paste0(
        "`directory` must hold a finished clustering; '", directory, "' has ",
        if (any(nzchar(ids))) "one that was not finished" else "none",
        if (dir.exists(file.path(directory, "cohort"))) paste0(". ",
            "`clusterRepertoires()` with the same arguments goes on with it")
        else "; `Clustering(directory = )$batch_cluster()` makes one"
    ))
}

# What clusterRepertoires() knew besides is lost, but for the files.
clusters_of_run <- function(directory, run) {
    if (!is_cohort(directory)) {
        return(new_repertoire_clusters(directory, run))
    }
    inside <- tryCatch(
        files_in_store(directory, cpp_store_describe(cpp_run_store(run))$id),
        clustcr_error = function(e) no_files_in
    )
    names <- unique(batches_of_run(run, directory)$name)
    rows <- inside[match(names, inside$repertoire_id), c("repertoire_id",
        "file", "without_v_call")]
    known <- !anyNA(rows$repertoire_id)
    rownames(rows) <- NULL
    old <- file.exists(cohort_path(directory, "clusters.rds")) &&
        !file.exists(clusters_object_file(directory))
    inform("sheet", "The sample sheet is not in '",
        directory, "'", if (old) paste0(": clustcr 0.2.0 kept an object of ",
            "R, which is not read because it can run code"),
        ". clusterRepertoires() with the same files and arguments writes ",
        "it; clusters are not made again.")
    new_repertoire_clusters(directory, run,
        samples = if (known) rows[c("repertoire_id", "file")],
        without_v_call = if (known) sum(as.numeric(rows$without_v_call))
            else NA_real_)
}

# `units` as read_units() gives it.
new_repertoire_clusters <- function(directory, run, samples = NULL,
                                    units = NULL, failed = NULL,
                                    usage = numeric(), parameters = list(),
                                    without_v_call = NA_real_) {
    about <- cpp_store_describe(cpp_run_store(run))
    known <- cpp_run_describe(run)
    stored <- parameters_from_text(about$parameters, directory)
    settings <- run_settings_of(known, list2env(stored))
    stored[names(settings)] <- settings
    parameters <- utils::modifyList(
        c(stored, list(singletons = known$singletons)), parameters,
        keep.null = TRUE
    )
    audit <- audit_by_sample(batches_of_run(run, directory))
    if (is.null(samples)) {
        samples <- data.frame(repertoire_id = audit$repertoire_id)
    }
    if (is.null(units)) units <- read_units(run)
    totals <- cpp_run_totals(run)
    counts <- c(
        given = sum(audit$given), rows = sum(audit$accepted),
        totals[c("occurrences", "receptors")], clustered = sum(units$rows),
        clusters = sum(units$clusters), without_v_call = without_v_call
    )
    methods::new("RepertoireClusters",
        directory = directory, store_id = about$id, run_id = known$id,
        parameters = parameters, samples = samples, counts = counts,
        units = units, audit = audit, usage = usage,
        failed = if (is.null(failed)) no_failures else failed
    )
}

# Without those that came later. Which were there before others took their
# place is not told.
batches_of_run <- function(run, directory) {
    batches <- cpp_store_batches(cpp_run_store(run))
    there <- cpp_run_describe(run)$batches
    n <- length(batches$name)
    if (batches$committed == there) return(batches)
    if (batches$committed != n) {
        raise_error("changed", paste0(
            "the last clusters in '", directory, "' are of batches that were ",
            "replaced since; cluster again"
        ))
    }
    within <- seq_len(there)
    list(name = batches$name[within], rows = batches$rows[within],
        counts = batches$counts[within, , drop = FALSE])
}

# A row for each sample, in the order that the core counts them by: several
# batches may be one.
audit_by_sample <- function(batches) {
    audit <- audit_table(batches)
    names <- unique(audit$repertoire_id)
    if (length(names) == nrow(audit)) return(audit)
    sums <- rowsum(as.matrix(audit[-1L]), match(audit$repertoire_id, names))
    data.frame(repertoire_id = names, as.data.frame(sums), row.names = NULL)
}

no_failures <- data.frame(repertoire_id = character(), file = character(),
    error = character())

# Makes the units that are not done, and counts their rows and clusters:
# data.frame(clusters, rows).
read_units <- function(run, threads = 1L, progress = function(share) NULL) {
    n <- cpp_run_describe(run)$units
    clusters <- rows <- numeric(n)
    for (unit in seq_len(n)) {
        found <- cpp_run_finish_unit(run, unit, "", threads)
        clusters[unit] <- found[1L]
        rows[unit] <- found[2L]
        progress(unit / n)
    }
    data.frame(clusters = clusters, rows = rows)
}
