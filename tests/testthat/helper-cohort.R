# Small cohorts as files.

cohort_folder <- function() {
    system.file("extdata", "cohort", package = "clustcr")
}

cohort_files <- function() {
    list.files(cohort_folder(), "tsv[.]gz$", full.names = TRUE)
}

# Writes data.frames as AIRR tables; the paths.
write_cohort <- function(tables, folder = withr::local_tempdir(
                             .local_envir = parent.frame())) {
    paths <- file.path(folder, paste0(names(tables), ".tsv"))
    for (i in seq_along(tables)) {
        utils::write.table(tables[[i]], paths[i], sep = "\t", quote = FALSE,
            row.names = FALSE)
    }
    paths
}

# `n` repertoires that share receptors, with V genes (of some rows none).
random_cohort <- function(n, rows, seed) {
    pool <- random_cdr3(3 * rows, seed)
    tables <- withr::with_seed(seed, lapply(seq_len(n), function(i) {
        data.frame(
            junction_aa = sample(pool, rows),
            v_call = sample(c("TRBV7-9*01", "TRBV6-2*01", "TRBV6-3*01", ""),
                rows, TRUE),
            duplicate_count = sample(1:9, rows, TRUE)
        )
    }))
    stats::setNames(tables, letters[seq_len(n)])
}

cohort_clusters <- function(...) {
    suppressMessages(clusterRepertoires(...))
}

# Clusters as sets of receptors, whatever their numbers.
cluster_sets <- function(table) {
    columns <- intersect(c("junction_aa", "v_call", "j_call"), names(table))
    key <- do.call(paste, table[columns])
    sets <- unname(lapply(split(key, table$cluster), sort, method = "radix"))
    sets[order(vapply(sets, paste, "", collapse = " "), method = "radix")]
}
