# The files of a cohort by several workers at once: each stages what it reads
# beside the store, and this session adds it in the order of the sheet. What was
# staged when a call was killed is noted in cohort/, and not read again.

# Joining and clustering share one stage.
cohort_engine <- function(progress, BPPARAM, n_cpus) {
    new_engine(BPPARAM, n_cpus, progress$say, function(label, n) {
        function(done) {
            share <- done / n
            switch(label,
                Training = , Reading = progress$step(label, share),
                Joining = progress$step("Clustering", 0.3 * share),
                Clustering = progress$step("Clustering", 0.3 + 0.7 * share))
        }
    })
}

read_with_workers <- function(plan, found) {
    trained <- train_cohort(plan, found)
    clustering <- trained$clustering
    check_cohort_folder(plan$directory)
    store_pointer(clustering, create = TRUE)
    notes <- character()
    staged <- answers_of_files(plan, trained$todo, "Reading", function(row, k) {
        check <- file_check(row$path)
        chunk <- chunk_of(plan, row$path)
        # What the file's batch is made of.
        key <- staging_key(row$repertoire_id, row$file, check$size,
            check$check, clustering$state$store_id, deparse(plan$reading),
            format(chunk))
        notes[k] <<- cohort_path(plan$directory,
            paste0("staged-", key, ".txt"))
        file_task(clustering$state, row$path, row$repertoire_id,
            reading_of_row(plan, row), chunk, key, notes[k])
    })
    add_files(plan, found, trained, function(row, k) {
        if (inherits(staged[[k]], "error")) stop(staged[[k]])
        suppressMessages(
            add_staged_file(clustering, row$repertoire_id, staged[[k]],
                replace = row$repertoire_id %in% found$names,
                wait = plan$wait),
            classes = "clustcr_message_skipped"
        )
        c(staged[[k]], note = notes[k])
    })
}
