# What is said of the clusters of a cohort: two lines on what was clustered,
# two on what was left out and why, and what it took.

setMethod("show", "Clusters", function(object) {
    say_lines(describe_clusters(object))
    if (!is.null(chosen_clusters(object))) show_rows(object)
})

# The first rows of a part, while what it is of is there.
show_rows <- function(x, n = 10L) {
    rows <- tryCatch(as.data.frame(utils::head(x, n)),
        clustcr_error = function(e) NULL)
    if (!NROW(rows)) return(invisible())
    print_table(utils::head(rows, n), row.names = FALSE)
    if (nrow(rows) > n || length(x) > n) cat("...\n")
}

describe_clusters <- function(x) {
    counts <- x@counts
    how <- paste0("Clustered by ", describe_method(x@parameters,
        names_no_v_call(x)))
    title <- paste0(class(x), ": ")
    if (!is.null(chosen_clusters(x))) {
        return(c(paste0(title, shown_number(length(x)), " of ",
            count_text(counts[["clusters"]], "cluster")), how,
            describe_usage(x)))
    }
    c(
        describe_loss(stored_audit(x), x@parameters$chain),
        paste0(title, count_text(length(x), "cluster"),
            " of ", count_text(counts[["clustered"]], "receptor"),
            if (is_kept(x)) paste0(" in ",
                count_words(nrow(x@samples), "repertoire", "repertoires"))),
        how,
        describe_dropped(x),
        describe_alone(x),
        describe_failed(x@failed),
        describe_usage(x)
    )
}

# V genes count, and no row names one. Of pairs it is not known.
names_no_v_call <- function(x) {
    without <- x@counts[["without_v_call"]]
    x@parameters$v_gene != "none" && !is_paired(x@parameters$chain) &&
        isTRUE(without > 0) && without == x@counts[["rows"]]
}

# Without the V genes where no row names one, for then they tell nothing apart.
describe_method <- function(parameters, no_v_call = FALSE) {
    p <- parameters
    genes <- c(V = p$v_gene, J = p$j_gene)
    genes <- genes[genes != "none" & !(names(genes) == "V" & no_v_call)]
    paste0(
        switch(p$method,
            "two-step" = "k-means and MCL in preclusters",
            mcl = "MCL", components = "connected components",
            faiss = "k-means"),
        if (uses_mcl(p)) paste0(" (inflation ",
            plain_numbers(p$mcl_params[1L]), ")"),
        if (p$method != "faiss") paste0(": ",
            describe_chain(p$chain),
            " at ", radius_in_words(p), genes_in_words(genes, p$v_distance)),
        if (isTRUE(p$weighted) && uses_mcl(p)) "; near ones count more"
    )
}

describe_dropped <- function(x) {
    counts <- dropped_reasons(stored_audit(x))
    given <- count_text(x@counts[["given"]], "row")
    paired <- sum(x@audit$paired)
    # Of tables with both chains in a row.
    if (is_paired(x@parameters$chain) && paired == 0) {
        given <- paste(shown_number(x@counts[["given"]]), "rows and pairs")
    }
    pairs <- if (paired > 0) paste0("; ", count_words(paired,
        "cell has its two chains", "cells have their two chains"),
        " in rows of their own")
    if (!length(counts)) return(paste0("Dropped: none of ", given, pairs))
    paste0("Dropped: ", shown_number(sum(counts)), " of ", given, " (",
        describe_problems(counts), ")", pairs)
}

# Receptors without a neighbor are in no cluster; those without a V gene have
# neighbors among each other only.
describe_alone <- function(x) {
    counts <- x@counts
    if (isTRUE(x@parameters$singletons)) {
        return("In clusters of one: receptors without a neighbor")
    }
    alone <- counts[["receptors"]] - counts[["clustered"]]
    without <- counts[["without_v_call"]]
    paste0(
        "In no cluster: ", if (alone == 0) "none" else shown_number(alone),
        " of ", count_text(counts[["receptors"]], "distinct receptor"),
        if (alone == 1) ", which has no neighbor"
        else if (alone > 1) ", which have no neighbor",
        if (isTRUE(without > 0) && x@parameters$v_gene != "none") {
            all <- names_no_v_call(x)
            paste0("; ", if (all) "no row names a V gene" else paste(
                count_words(without, "row names", "rows name"), "no V gene"),
                ": ",
                if (x@parameters$missing_genes == "none") "without neighbors"
                else if (all) "clustered as by `v_gene = \"none\"`"
                else "a group of its own")
        }
    )
}

describe_failed <- function(failed) {
    if (!nrow(failed)) return(NULL)
    paste0("Failed: ", count_words(nrow(failed), "file", "files"), ", ",
        name_some(short_names(failed$repertoire_id, 40L)))
}

describe_usage <- function(x) {
    usage <- x@usage
    paste0(
        if (length(usage)) paste0(duration_text(usage[["seconds"]]),
            if (!is.na(usage[["peak_bytes"]])) paste0(", peak memory ",
                shown_number(round(usage[["peak_bytes"]] / 2^20)), " MB"),
            "; "),
        if (is_kept(x)) paste0("kept in '", x@directory, "'")
        else "kept in memory"
    )
}

summary.Clusters <- function(object, ...) {
    sizes <- table(by_unit(object, function(rows) {
        data.frame(size = rle(rows$cluster)$lengths)
    }, character())$size)
    size <- as.numeric(names(sizes))
    structure(
        list(lines = describe_clusters(object),
            method = object@parameters$method,
            receptors = object@counts[["receptors"]],
            clustered = sum(sizes * size),
            clusters = length(object), counts = object@counts,
            sizes = data.frame(size = size, clusters = as.numeric(sizes)),
            samples = nrow(object@samples), usage = object@usage,
            largest = clusterSummary(asked_clusters(object, NULL, 5L))),
        class = "summary.RepertoireClusters"
    )
}

print_largest <- function(largest) {
    if (is.null(largest) || !nrow(largest)) return(invisible())
    cat("The largest:\n")
    print(largest)
}

size_classes <- function(sizes) {
    bins <- cut(sizes$size, c(0, 1, 2, 5, 10, 100, Inf),
        c("1", "2", "3-5", "6-10", "11-100", "over 100"))
    clusters <- tapply(sizes$clusters, bins, sum)
    receptors <- tapply(sizes$clusters * sizes$size, bins, sum)
    there <- !is.na(clusters)
    data.frame(size = levels(bins), clusters = as.vector(clusters),
        receptors = as.vector(receptors))[there, ]
}

print.summary.RepertoireClusters <- function(x, ...) {
    say_lines(x$lines)
    if (nrow(x$sizes)) {
        classes <- size_classes(x$sizes)
        cat("Clusters by size:\n")
        word <- ifelse(classes$clusters == 1, "cluster ", "clusters")
        cat(sprintf("  %-10s %10s %s %12s receptors\n", classes$size,
            shown_numbers(classes$clusters), word,
            shown_numbers(classes$receptors)), sep = "")
    }
    print_largest(x$largest)
    invisible(x)
}

# The numbers of clusters are names. What is no code is typography: "..." of a
# motif would become one sign.
knitted_largest <- function(largest) {
    shown <- c("cluster", "size", "motif", "length", "n_samples", "member")
    rows <- as.data.frame(largest)[shown]
    class(rows) <- "data.frame"
    for (column in c("motif", "member")) {
        code <- nzchar(rows[[column]])
        rows[[column]][code] <- paste0("`", rows[[column]][code], "`")
    }
    rows$cluster <- cluster_text(rows$cluster)
    rows
}

knit_print.summary.RepertoireClusters <- function(x, ...) {
    classes <- size_classes(x$sizes)
    table <- knitr::kable(classes, row.names = FALSE, format = "pipe",
        format.args = list(big.mark = ","))
    largest <- if (nrow(x$largest)) c("The largest:", "",
        knitr::kable(knitted_largest(x$largest), row.names = FALSE,
            format = "pipe", format.args = list(big.mark = ",")), "")
    knitr::asis_output(paste(
        c(paste(x$lines, collapse = "  \n"), "", table, "", largest),
        collapse = "\n"
    ))
}
