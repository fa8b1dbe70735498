# The probability of a CDR3 by recombination: man/generationProbability.Rd.
generationProbability <- function(junction_aa, v_call = NULL, j_call = NULL,
                                  model, distance = 0, v_gene = "allele",
                                  j_gene = "allele", log10 = FALSE,
                                  n_cpus = 1) {
    if (is.factor(junction_aa)) junction_aa <- as.character(junction_aa)
    if (!is.character(junction_aa)) {
        bad_argument("`junction_aa` must be a character vector, not ",
            given(junction_aa))
    }
    model <- check_model(model)
    distance <- check_number(distance, "distance", 0, 1, whole = TRUE)
    log10 <- check_flag(log10, "log10")
    threads <- check_threads(n_cpus)
    v <- allele_sets(v_call, length(junction_aa), model$v$name,
        check_parameter("v_gene", v_gene), "v_call")
    j <- allele_sets(j_call, length(junction_aa), model$j$name,
        check_parameter("j_gene", j_gene), "j_call")
    problem <- generation_problems(junction_aa, v, j)
    tell_problems(problem, unique(v_call[problem == "unknown_gene" &
        is.na(v$set)]), unique(j_call[problem == "unknown_gene" &
        is.na(j$set)]))
    found <- rep(NA_real_, length(junction_aa))
    good <- which(is.na(problem))
    found[good] <- generation_sums(junction_aa[good], take_sets(v, good),
        take_sets(j, good), model, distance == 1, threads)
    if (log10) log10(found) else found
}

take_sets <- function(genes, rows) {
    list(set = genes$set[rows], sets = genes$sets)
}

# Of valid CDR3s and known genes; with `ball` of all that differ at one residue
# at most.
generation_sums <- function(junction_aa, v, j, model, ball, threads) {
    with_progress("Generation probabilities", cpp_generation_probability(
        model, junction_aa, v$set, j$set, v$sets, j$sets, ball, threads
    ))
}

# What keeps each row from having a probability; NA where nothing does.
generation_problems <- function(junction_aa, v, j) {
    at <- cpp_sequence_problems(junction_aa, longest_sequence, FALSE)
    problem <- c(NA, cpp_problem_names()[-1L])[at + 1L]
    problem[is.na(problem) & (is.na(v$set) | is.na(j$set))] <- "unknown_gene"
    problem
}

tell_problems <- function(problem, v_call, j_call) {
    if (all(is.na(problem))) return(invisible())
    counts <- table(problem)
    unknown <- c(v_call, j_call)
    unknown <- unknown[!is.na(unknown)]
    inform("left_out", "No probability of ",
        count_text(sum(counts), "receptor"), " (NA): ",
        paste(gsub("_", " ", names(counts)), counts, collapse = ", "),
        if (length(unknown)) paste0("; the model has no ",
            name_some(as.character(unknown), 3L),
            if (any(grepl("*", unknown, fixed = TRUE))) paste(", which",
                "`v_gene` or `j_gene = \"gene\"` may find")),
        .fields = list(counts = counts))
}
