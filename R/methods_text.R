# What was done, in words for a paper: man/methodsText.Rd.
methodsText <- function(x, ...) UseMethod("methodsText")

methodsText.default <- function(x, ...) {
    if (methods::is(x, "Clusters") || (is.character(x) && length(x) == 1L)) {
        return(methods_of_clusters(as_clusters(x)))
    }
    bad_argument("`x` must be clusters, or a result of associateClusters(), ",
        "associateReceptors(), replicateAssociation(), predictPhenotype() or ",
        "associationPower(), not ", given(x))
}

methods_of_clusters <- function(x) {
    if (!of_run(x)) {
        bad_argument("`x` must be clusters of a run, which say how they were ",
            "made, not a table")
    }
    counts <- x@counts
    how <- sub("TCRdist", "TCRdist (Dash et al. 2017)",
        describe_method(x@parameters, names_no_v_call(x)), fixed = TRUE)
    methods_text(
        "T-cell receptors of ", count_words(nrow(x@samples), "repertoire",
            "repertoires"), " (", count_text(counts[["receptors"]],
            "distinct receptor"), ") were clustered by ", how,
        " (Valkiers et al. 2021), which gave ", count_text(
            counts[["clusters"]], "cluster"), " of ",
        count_text(counts[["clustered"]], "receptor"), "."
    )
}

methodsText.clustcr_association <- function(x, ...) {
    about <- whole_summary(x)
    methods_text(
        count_text(about$clusters, "cluster"), " of T-cell receptors ",
        if (about$clusters == 1) "was" else "were",
        association_in_words(about, "cluster")
    )
}

# With what, how, and what came out.
association_in_words <- function(about, what) {
    several <- !is.null(about$phenotypes)
    paste0(
        " tested for association with ", if (several) {
            paste0(count_text(sum(about$phenotypes$tested > 0), "phenotype"),
                if (isTRUE(about$left_out > 0)) paste0(" (", count_text(
                    about$left_out, "sample"), " without any of them",
                    missing_in_words(about), " left out)"))
        } else {
            groups_in_words(about)
        }, " by ", test_in_words(about), ". ", value_in_words(about, what),
        drawn_in_words(about), design_in_words(about), if (what == "cluster") {
            fewest_in_words(about)
        }, adjusted_in_words(about, if (several) "test" else what),
        if (isTRUE(about$unreachable > 0)) {
            paste0(" Of these, ", count_words(about$unreachable,
                "test could", "tests could"), " not reach significance.")
        },
        if (isTRUE(about$not_shown > 0)) {
            paste0(" ", count_words(about$not_shown, "test", "tests"), " with ",
                "larger p-values ", if (about$not_shown == 1) "is" else "are",
                " not in the result.")
        },
        permuted_in_words(about), limits_in_words(about)
    )
}

methodsText.clustcr_receptor_association <- function(x, ...) {
    about <- whole_summary(x)
    methods_text(
        "Each T-cell receptor that occurred in ", shown_number(
            about$min_samples), " samples or more",
        if (about$neighbors) paste0(", together with all its neighbors (",
            rule_in_words(attr(x, "rule")), "),"),
        " was", association_in_words(about, "receptor")
    )
}

methodsText.clustcr_replication <- function(x, ...) {
    about <- whole_summary(x)
    methods_text(
        count_text(about$hits, "association"), " with a q-value of at most ",
        format(about$alpha), " in the first cohort ",
        if (about$hits == 1) "was" else "were", " tested in ",
        count_text(about$samples, "sample"), " of a second cohort",
        if (isTRUE(about$left_out > 0)) paste0(" (", shown_number(
            about$left_out), " more without a phenotype)"),
        if (!is.null(about$case)) {
            paste0(", \"", about$case, "\" against \"", about$control, "\",")
        }, " by ",
        test_in_words(about), ". ", status_in_words(about),
        "P-values of the second cohort were adjusted ",
        "for these associations alone (Benjamini and Hochberg 1995). ",
        shown_number(about$same_direction), " of ",
        shown_number(about$directed), " had the same direction, and ",
        shown_number(about$replicated), " passed in it."
    )
}

# Where receptors of the second cohort were looked up in clusters.
status_in_words <- function(about) {
    if (is.null(about$status)) return(NULL)
    paste0("A sample had a cluster if it had a receptor identical to a member",
        if (about$status == "neighbor") " or a neighbor of one", ". ")
}

methodsText.clustcr_prediction <- function(x, ...) {
    of <- x$settings
    model <- switch(of$model,
        beta_binomial = paste("a beta-binomial model of this number against",
            "the number of all clusters of the sample (Emerson et al. 2017)"),
        logistic = "logistic regression on the log share of these clusters"
    )
    methods_text(
        "Prediction of ", groups_in_words(of), " was cross-validated in ",
        of$folds, if (of$given_folds) " given folds" else paste0(" folds, ",
            count_words(of$repeats, "time", "times")),
        " (seed ", plain_numbers(of$seed), ")",
        if (!is.null(of$subjects)) paste0("; samples of one of the ",
            count_text(of$subjects, "subject"), " were held out together"),
        if (isTRUE(of$chosen_elsewhere)) paste("; the clusters were those that",
            "other samples had chosen"),
        ". In each fold, clusters that cases had more often were chosen anew ",
        "among ", shown_number(of$clusters), " by Fisher's exact test in the ",
        "other folds (p of at most ", format(of$max_p), ", in ", count_text(
            of$min_samples, "sample"), " or more), and samples were ",
        "predicted from the number of chosen clusters they had, by ", model,
        ". The area under the ROC curve was ", auc_words(x$auc,
            of$conf_level), if (!is.na(x$auc[["conf_low"]])) {
            " by a jackknife that left out a third of the subjects"
        },
        if (length(x$permuted)) paste0(", and ", two_digits(mean(x$permuted)),
            " on average in ", count_text(length(x$permuted), "shuffle"),
            " of the labels"),
        "; the number of clusters alone gave ", two_digits(
            x$depth_auc[["auc"]]), "."
    )
}

methodsText.clustcr_power <- function(x, ...) {
    about <- whole_summary(x)
    methods_text("The power of Fisher's exact test of ",
        count_text(about$tests, "cluster"), " was computed exactly from the ",
        "binomial distributions of carriers among cases (",
        percent_words(about$case_share), " of donors) and controls, for a ",
        "p-value of at most ", format(about$max_p, digits = 3),
        " (Benjamini and Hochberg 1995, q of at most ", format(about$q),
        " with ", count_text(about$hits, "hit"), ").",
        if (!is.null(about$target)) paste0(" Donors were counted that are ",
            "needed for a power of ", format(about$target), "."))
}

# A part of a result may have what was said of the whole.
whole_summary <- function(x) {
    about <- attr(x, "summary")
    rows <- c(about$rows, about$hits[inherits(x, "clustcr_replication")],
        about$clusters, nrow(x))[1L]
    if (is.null(about) || rows != nrow(x)) {
        bad_argument("`x` must be a whole result: a part of one does not say ",
            "what was done")
    }
    about
}

# With the versions, and as print() shows it.
methods_text <- function(...) {
    structure(paste0(..., " Analyses were made with clustcr ",
        utils::packageVersion("clustcr"), " in R ", getRversion(), "."),
        class = "clustcr_methods")
}

print.clustcr_methods <- function(x, ...) {
    cat(wrap_lines(unclass(x), getOption("width"), 0L), sep = "\n")
    invisible(x)
}

groups_in_words <- function(about) {
    out <- if (isTRUE(about$left_out > 0)) paste0("; ",
        count_text(about$left_out, "sample"), " without it",
        missing_in_words(about), " left out")
    unit <- unit_word(about)
    if (is.null(about$case)) {
        # Levels, or numbers.
        of <- if (is.null(about$groups)) count_text(about$samples, unit)
            else cohort_words(about)
        return(paste0("the phenotype (", of, out, ")"))
    }
    paste0("\"", about$case, "\" (", count_text(about$n_case, unit),
        ") against \"", about$control, "\" (", count_text(about$n_control,
            unit), out, ")")
}

# What else a sample may have been left out for.
missing_in_words <- function(about) {
    has <- function(begin) any(startsWith(as.character(about$design), begin))
    missing <- c(
        if (has("adjusted for")) "a covariate",
        if (has("within") && !has("within subjects")) "a stratum",
        if (has("within subjects")) c("a subject",
            "its other time") else if (has("samples of one")) "a subject"
    )
    if (length(missing)) paste(c("", missing), collapse = " or ")
}

# Tests by their names in papers; another by its own.
test_in_words <- function(about) {
    known <- c(
        fisher = paste("Fisher's exact test (two-sided) of presence, with",
            "the conditional maximum-likelihood odds ratio"),
        wilcoxon = "Wilcoxon's rank-sum test (normal approximation, with ties)",
        logistic = paste("logistic regression with likelihood-ratio tests,",
            "and Firth's penalty where groups are separated"),
        chisq = "the chi-squared test of presence",
        kruskal = "the Kruskal-Wallis test",
        spearman = "Spearman's rank correlation",
        linear = "linear regression",
        cox = "the score test of Cox regression",
        "McNemar, exact" = paste("McNemar's exact test of presence in two",
            "samples of a subject"),
        "conditional logistic" = paste("conditional logistic regression of",
            "two samples of a subject, with likelihood-ratio tests, and",
            "Firth's penalty where all differences have one direction"),
        "stratified Cox" = "the score test of stratified Cox regression",
        "signed ranks" = paste("Wilcoxon's signed-rank test of two samples of",
            "a subject"),
        "Cochran-Mantel-Haenszel, exact" = paste("the exact",
            "Cochran-Mantel-Haenszel test of presence")
    )
    test <- test_words(about)
    if (test %in% names(known)) known[[test]] else paste("the test", test)
}

design_in_words <- function(about) {
    if (!length(about$design)) return(NULL)
    paste0("Design: ", toString(about$design), ". ")
}

# What was tested of a cluster or ball; tests of presence say it.
value_in_words <- function(about, what) {
    if (about$test %in% c("fisher", "chisq")) return(NULL)
    words <- switch(about$value,
        receptors = "the number of its different receptors",
        presence = "its presence (1 or 0)",
        duplicate_count = "the sum of its counts",
        log_count = paste("log(1 + c), with its counts c per 10,000 of the",
            "sample's counts in all clusters"),
        paste0("that of the matrix", if (!is.null(about$settings$assay)) paste0(
            " (assay ", given(about$settings$assay), ")"), ", as it was given")
    )
    if (identical(about$neighbors, TRUE)) what <- "receptor with its neighbors"
    paste0("The value of a ", what, " in a sample was ", words, ". ")
}

drawn_in_words <- function(about) {
    of <- about$settings
    if (!identical(of$depth, "downsample")) return(NULL)
    paste0("Before, counts were drawn without replacement, so that all ",
        "samples had the depth of the smallest (seed ",
        plain_numbers(of$seed), "). ")
}

fewest_in_words <- function(about) {
    fewest <- about$settings$min_samples
    if (!isTRUE(fewest > 1)) return(NULL)
    paste0("Clusters in fewer than ", shown_number(fewest), " ",
        unit_word(about), "s were not tested. ")
}

limits_in_words <- function(about) {
    level <- about$settings$conf_level
    if (!isTRUE(level != 0.95)) return(NULL)
    paste0(" Confidence limits are of ", format(100 * level), " %.")
}

adjusted_in_words <- function(about, what) {
    paste0("P-values of ", count_text(about$tested, what), " were adjusted by ",
        "the method of Benjamini and Hochberg (1995); ",
        count_words(about$passing, "had", "had"),
        " a q-value of at most ", format(about$alpha), ".")
}

permuted_in_words <- function(about) {
    shuffles <- about$permutations
    if (is.null(shuffles)) return(NULL)
    seed <- about$settings$seed
    paste0(" With labels shuffled ", count_words(nrow(shuffles), "time",
        "times"), if (!is.null(seed)) paste0(" (seed ", plain_numbers(seed),
        ")"), ", ", format(mean(shuffles$passing), digits = 3),
        " passed on average.")
}

rule_in_words <- function(rule) {
    genes <- c(V = rule$v_gene, J = rule$j_gene)
    genes <- genes[genes != "none"]
    paste0(distance_words[[rule$distance]], " of at most ",
        plain_numbers(rule$max_distance),
        if (rule$distance == "tcrdist") " (Dash et al. 2017)",
        genes_in_words(genes, rule$v_distance, ", the same "),
        if (length(genes) && identical(rule$missing_genes, "none"))
            ", none without a gene",
        if (length(genes) && identical(rule$ambiguous_genes, "any"))
            ", of a list of genes any")
}
