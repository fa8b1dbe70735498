# What print() says of an association.
print.clustcr_association <- function(x, n = 10, ...) {
    about <- attr(x, "summary")
    rows <- as.data.frame(unclass_association(x))
    # A part of a result has lost what it is a part of.
    several <- !is.null(about$phenotypes)
    whole <- if (several) about$rows else about$clusters
    if (is.null(about) || whole != nrow(x)) {
        print_table(rows, ...)
        return(invisible(x))
    }
    say_lines(if (several) many_header(about) else association_header(about))
    print_smallest(rows, n, if (several) "test" else "cluster", ...)
    invisible(x)
}

unclass_association <- function(x) {
    class(x) <- "data.frame"
    attr(x, "summary") <- NULL
    x
}

association_header <- function(about) {
    lines <- c(
        paste0("Association (", test_words(about), "): ", cohort_words(about),
            left_out_words(about)),
        paste0("Tested: ", value_words(about$value)),
        paste0("Estimate: ", estimate_words(about)),
        if (length(about$design)) paste0("Design: ", toString(about$design)),
        if (isFALSE(about$case_known)) unknown_case,
        paste0(
            count_text(about$tested, "cluster"), " tested of ",
            shown_number(about$clusters), "; ", about$passing,
            " with a q-value of at most ", format(about$alpha)
        ),
        depth_line(about, if (!is.null(about$depth)) depth_words(about$depth)),
        if (length(about$batch)) {
            paste0("Batch: ", shown_names(about$batch), " of the sheet tells ",
                "the phenotype")
        },
        settings_line(about),
        chance_words(about$permutations)
    )
    strwrap(lines, 80, exdent = 4)
}

# Of what is counted, unless that is said.
left_out_words <- function(about, unit = unit_word(about) != "sample") {
    if (!isTRUE(about$left_out > 0)) return(NULL)
    paste0(", ", if (unit) count_text(about$left_out, "sample")
        else about$left_out, " left out")
}

# The test, as it is called where samples belong together.
test_words <- function(about) {
    if ("within subjects" %in% about$design) {
        return(c(fisher = "McNemar, exact", wilcoxon = "signed ranks",
            logistic = "conditional logistic")[[about$test]])
    }
    if (!any(startsWith(as.character(about$design), "within"))) {
        return(about$test)
    }
    switch(about$test, fisher = "Cochran-Mantel-Haenszel, exact",
        cox = "stratified Cox", about$test)
}

cohort_words <- function(about) {
    if (!is.null(about$case)) {
        return(paste0(about$n_case, " \"", about$case, "\" against ",
            about$n_control, " \"", about$control, "\""))
    }
    if (!is.null(about$groups)) {
        return(paste(paste0(about$groups$samples, " \"", about$groups$level,
            "\""), collapse = ", "))
    }
    count_text(about$samples, unit_word(about))
}

many_header <- function(about) {
    of <- about$phenotypes
    strwrap(c(
        paste0("Association (", test_words(about), "): ",
            count_text(about$clusters, "cluster"), " with ",
            count_text(sum(of$tested > 0), "phenotype"),
            if (any(of$tested == 0)) {
                paste0(" (", sum(of$tested == 0), " more not tested)")
            }, left_out_words(about, TRUE)),
        paste0("Tested: ", value_words(about$value)),
        paste0("Estimate: ", estimate_words(c(about, list(
            case = "TRUE", control = "FALSE")))),
        if (length(about$design)) paste0("Design: ", toString(about$design)),
        paste0(count_text(about$tested, "test"), "; ",
            shown_number(about$passing), " with a q-value of at most ",
            format(about$alpha)),
        if (about$unreachable) {
            paste0(count_text(about$unreachable, "test"), " without a row: ",
                "too few samples have the cluster or the phenotype for a ",
                "p-value that passes")
        },
        if (about$not_shown) {
            paste0(count_text(about$not_shown, "test"), " more without a row: ",
                "their p-values are larger (`max_rows`)")
        },
        depth_line(about, if (isTRUE(about$depth$passing > 0)) {
            paste("differs with", count_text(about$depth$passing, "phenotype"))
        }),
        settings_line(about),
        chance_words(about$permutations)
    ), 80, exdent = 4)
}

# `seen`: what depth has to do with the phenotype; and what was done about it.
depth_line <- function(about, seen) {
    of <- about$settings
    done <- switch(if (is.null(of$depth)) "none" else of$depth,
        covariate = "its logarithm is a covariate",
        downsample = paste0("counts drawn down to those of the smallest ",
            "sample (seed ", plain_numbers(of$seed), ")"))
    words <- c(seen, done)
    if (length(words)) paste0("Depth: ", paste(words, collapse = "; "))
}

# What is not as it would be by itself, where it decides over the result.
settings_line <- function(about) {
    of <- about$settings
    drawn <- !is.null(about$permutations) && !identical(of$depth, "downsample")
    words <- c(
        if (isTRUE(of$min_samples != 2)) paste("min_samples =",
            plain_numbers(of$min_samples)),
        if (isTRUE(of$conf_level != 0.95)) paste("conf_level =",
            format(of$conf_level)),
        if (isTRUE(drawn && of$seed != 42)) paste("seed =",
            plain_numbers(of$seed)),
        if (!is.null(of$assay)) paste("assay =", given(of$assay))
    )
    if (length(words)) paste("Settings:", toString(words))
}

chance_words <- function(shuffles) {
    if (is.null(shuffles)) return(NULL)
    paste0("By chance ", format(mean(shuffles$passing), digits = 3),
        " would pass (", count_text(nrow(shuffles), "shuffle"), ", at most ",
        max(shuffles$passing), ")")
}

# Whose odds they are.
estimate_words <- function(about) {
    case <- paste0("\"", about$case, "\"")
    switch(about$test,
        fisher = paste("odds ratio of", case, "with the cluster"),
        logistic = paste("odds ratio of", case, "for one more of the value"),
        wilcoxon = if ("within subjects" %in% about$design) {
            paste("share of subjects that have more at", case)
        } else {
            paste("probability that", case, "has more than",
                paste0("\"", about$control, "\""))
        },
        chisq = "Cramer's V",
        kruskal = "epsilon squared, the share of the ranks' variance",
        spearman = "rank correlation",
        linear = "rise of the phenotype with one more of the value",
        cox = "hazard ratio for one more of the value, after one step"
    )
}
