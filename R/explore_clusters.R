# A web page to explore clusters: man/exploreClusters.Rd.
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
            paste0("Clustered by ", describe_method(clusterParameters(x),
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
