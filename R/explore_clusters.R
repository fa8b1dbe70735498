#' A web page to explore clusters
#'
#' Writes one HTML file that needs neither server nor network: a table of the
#' clusters that can be searched and sorted, and of the chosen one its sequence
#' logo, its network, the matrix of its samples and its members, all of which
#' can be saved as TSV. It can be mailed, or put beside a paper.
#'
#' @section The page:
#' A click on a row, or its button, chooses a cluster; `#cluster=12` behind the
#' address opens with cluster 12. The search looks into all columns and into the
#' CDR3s of the members. Letters of the logo are as high as the share of the
#' members (of the commonest length) that have them. Of a large network the 300
#' members with most links are drawn. Everything can be reached by the keyboard,
#' and the page follows the browser's dark mode. It opens in browsers of 2023
#' and later.
#'
#' @section Size:
#' 100 clusters take about 1 MB, most of which are the programs in the page.
#' What does not fit in `max_size` is left out, and the page and a message say
#' what: of each cluster members behind the 2,000 with the largest counts; then
#' the members of small clusters that neither pass in `association` nor have a
#' label in `annotation`; at last small clusters themselves, of which 100,000
#' are in the table at most.
#'
#' @param x The clusters: a [RepertoireClusters], a [ClusteringResult] or a
#'     data.frame, as for [clusterSummary()].
#' @param file Path of the page, which ends in `.html`; one that is there is
#'     replaced.
#' @param association What [associateClusters()] found of `x`: adds its
#'     `p_value`, `q_value` and `estimate` to the table, which is opened with
#'     the smallest p-value first.
#' @param annotation What [annotateClusters()] found of `x`: adds the labels,
#'     those with the smallest p-value first, and the smallest p-value and
#'     q-value.
#' @param samples The sample sheet, where `x` has none or to say more of its
#'     samples, as for [associateClusters()]. Members can be coloured, and
#'     samples grouped, by its columns of 2 to 12 different values, and by those
#'     of more numbers in three groups of about equal size.
#' @param title What is written above, and on the browser's tab.
#' @param max_size How large the file may become, in bytes or as text (see
#'     `memory_limit` of [Clustering]), 2MB or more. Larger shows more members,
#'     and takes longer to open.
#' @param by How clusters of `association` and `annotation` are found in `x`.
#'     `NULL`: by their numbers, and it is an error where clusters of the same
#'     number have other members (CDR3s), as those of another run have. Where
#'     this can't be told, because a table was made by hand or lost what it was
#'     of (`merge()`, `cbind()`), a message says so. `"cluster_id"`: by their
#'     members, whatever their numbers, so that what was found of another run is
#'     shown where a cluster is the same; others are left out, which is told.
#'     `"cluster"`: by their numbers, whatever their members.
#' @param ... Nothing.
#' @return `file`, invisibly.
#' @section Errors:
#' `clustcr_error_missing_package` without reactable or visNetwork,
#' `clustcr_error_clusters` where `association` or `annotation` are of other
#' clusters, `clustcr_error_invalid_argument` where `file` has the ending of
#' something else than a page, `clustcr_error_samples` where `samples` are
#' others,
#' `clustcr_error_io` where the file can't be written.
#' @seealso [clusterSummary()] for the table, [plotMotif()] and [plotNetwork()]
#'     for pictures to print, [writeClusters()] for all members as a file.
#' @export
#' @examples
#' folder <- system.file("extdata", "cohort", package = "clustcr")
#' samples <- data.frame(
#'     repertoire_id = paste0("sample_", 1:6),
#'     group = rep(c("case", "control"), each = 3)
#' )
#' x <- clusterRepertoires(folder, samples)
#' page <- tempfile(fileext = ".html")
#' if (requireNamespace("reactable", quietly = TRUE) &&
#'     requireNamespace("visNetwork", quietly = TRUE)) {
#'     exploreClusters(x, page, association = associateClusters(x, "group"))
#'     if (interactive()) browseURL(page)
#' }
exploreClusters <- function(x, file, association = NULL, annotation = NULL,
                            samples = NULL, title = "Clusters of receptors",
                            max_size = "28MB", by = NULL, ...) {
    refuse_arguments(list(...), "exploreClusters()",
        own = named_arguments())
    for (package in c("reactable", "visNetwork")) {
        need_package(package, "`exploreClusters()`")
    }
    by <- check_cluster_join(by)
    x <- as_clusters(x)
    file <- check_page_name(absolute_path(file, "file"))
    if (dir.exists(file) || !dir.exists(dirname(file))) {
        raise_error("io", paste0("`file` must be a file in a folder that ",
            "is there, not '", file, "'"))
    }
    title <- check_string(title, "title")
    room <- check_bytes(max_size, "max_size")
    if (room < 2^21) {
        bad_argument("`max_size` must be 2MB or more, not ", given(max_size))
    }
    sheet <- explorer_sheet(x, samples)
    table <- explorer_table(x, association, annotation, by)
    programs <- explorer_programs()
    room <- room - sum(nchar(unlist(programs), "bytes")) - 2e4
    table <- fit_table(table, 0.6 * room)
    members <- fit_members(explorer_members(x, table$rows$cluster, sheet),
        table, link_rule(x), room - table_bytes(table$rows))
    left_out <- explorer_left_out(table, members)
    if (length(left_out)) inform("left_out", paste(left_out, collapse = " "))
    with_samples <- nrow(sheet) > 0L && "sample_counts" %in% members$columns
    page <- explorer_page(
        title, explorer_lead(x, table, sheet), left_out,
        explorer_widgets(table, members, with_samples), programs,
        explorer_payload(table, members, sheet)
    )
    write_output(file, function(aside) {
        connection <- base::file(aside, "wb")
        on.exit(close(connection))
        writeLines(enc2utf8(page), connection, useBytes = TRUE)
    })
    invisible(file)
}

# What opens it goes by its ending.
check_page_name <- function(file) {
    ending <- regmatches(basename(file), regexpr("[.][A-Za-z]\\w*$",
        basename(file)))
    if (length(ending) && !tolower(ending) %in% c(".html", ".htm")) {
        bad_argument("`file` must end in \".html\": it becomes a page of ",
            "HTML, not ", given(basename(file)))
    }
    file
}

# One line on what there is, and how it was made where that is known.
explorer_lead <- function(x, table, sheet) {
    list(
        lead = paste0(count_text(table$all, "cluster"), " of ",
            count_text(table$receptors, "receptor"),
            if (nrow(sheet)) paste0(" in ", count_words(nrow(sheet), "sample",
                "samples"))),
        about = if (of_run(x)) c(
            paste0("Clustered by ", describe_method(parameters(x),
                names_no_v_call(x))),
            describe_dropped(x), describe_alone(x)
        )
    )
}

explorer_left_out <- function(table, members) {
    c(
        if (table$all > nrow(table$rows)) paste0(
            "Of ", count_text(table$all, "cluster"), " the ",
            shown_number(nrow(table$rows)), " largest are in this page."
        ),
        if (members$cut) paste0(
            "Of ", count_text(members$cut, "large cluster"),
            " only the ", shown_number(most_members),
            " members with the largest counts are in it."
        ),
        if (members$without) paste0(
            "The members of ", count_text(members$without, "small cluster"),
            if (!is.na(members$largest_without)) paste0(" (of ",
                shown_number(members$largest_without), " or fewer)"),
            " are left out; the table has these clusters without them."
        )
    )
}
