# The page of exploreClusters() put together: widgets, their programs and
# style sheets, and the members, all in one file. htmlwidgets has a function
# for it, but one that needs pandoc.

explorer_path <- function(...) {
    system.file("explorer", ..., package = "clustcr", mustWork = TRUE)
}

read_text <- function(path) {
    text <- readChar(path, file.size(path), useBytes = TRUE)
    Encoding(text) <- "UTF-8"
    text
}

# list(scripts, styles): everything that the widgets and the page run and look
# like, as the texts of their files.
explorer_programs <- function() {
    nothing <- data.frame(id = 1L)
    widgets <- htmltools::tagList(
        reactable::reactable(nothing), visNetwork::visNetwork(nothing,
            data.frame(from = integer(), to = integer()))
    )
    needs <- htmltools::resolveDependencies(
        htmltools::findDependencies(widgets)
    )
    files <- function(kind) {
        unlist(lapply(needs, function(x) {
            names <- unlist(x[[kind]])
            folder <- x$src$file
            if (!is.null(x$package)) {
                folder <- system.file(folder, package = x$package)
            }
            if (length(names)) file.path(folder, names)
        }))
    }
    own <- c("data.js", "logo.js", "groups.js", "network.js", "samples.js",
        "save.js", "explorer.js")
    list(
        scripts = vapply(c(files("script"), explorer_path(own)), read_text, "",
            USE.NAMES = FALSE),
        styles = vapply(c(files("stylesheet"), explorer_path("explorer.css")),
            read_text, "", USE.NAMES = FALSE)
    )
}

# Nothing may be fetched: what the page has is in it.
explorer_policy <- paste(
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';",
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)

# A program must not end the element that it is in. In strings \/ is /, and no
# program has it elsewhere.
in_script <- function(text) {
    gsub("</(script)", "<\\\\/\\1", text, ignore.case = TRUE)
}

# JSON has < in strings only, where it may be written so.
in_json <- function(text) gsub("<", "\\u003c", text, fixed = TRUE)

explorer_json <- function(value) {
    json <- jsonlite::toJSON(value, auto_unbox = TRUE, digits = NA, na = "null",
        null = "null")
    in_json(enc2utf8(as.character(json)))
}

explorer_page <- function(title, lead, left_out, widgets, programs, payload) {
    html <- htmltools::HTML
    element <- function(name, texts) {
        html(paste0("<", name, ">\n", texts, "\n</", name, ">",
            collapse = "\n"))
    }
    about <- if (length(lead$about)) htmltools::tags$details(
        htmltools::tags$summary("How they were made"),
        lapply(lead$about, htmltools::tags$p)
    )
    note <- if (length(left_out)) htmltools::tags$p(
        class = "note", paste(left_out, collapse = " ")
    )
    page <- htmltools::htmlTemplate(
        explorer_path("page.html"), title = title, policy = explorer_policy,
        lead = lead$lead, about = about, left_out = note,
        clusters = html(widgets$clusters), members = html(widgets$members),
        network = html(widgets$network), payload = html(payload),
        styles = element("style", programs$styles),
        scripts = element("script", in_script(programs$scripts))
    )
    as.character(page)
}

explorer_widgets <- function(table, members, with_samples) {
    network <- visNetwork::visInteraction(
        visNetwork::visNetwork(
            data.frame(id = 1L), data.frame(from = integer(), to = integer()),
            width = "100%", height = "420px"
        ),
        navigationButtons = TRUE,
        keyboard = list(enabled = TRUE, bindToWindow = FALSE)
    )
    network$elementId <- "network"
    lapply(
        list(clusters = clusters_widget(table$rows, table$labels),
            members = members_widget(members, with_samples), network = network),
        function(widget) {
            text <- as.character(htmltools::as.tags(widget))
            # Of a widget only the data may have it.
            gsub("<!--", "\\u003c!--", text, fixed = TRUE)
        }
    )
}

explorer_labels <- c(
    cluster = "Cluster", size = "Size", motif = "Motif", v_call = "V gene",
    j_call = "J gene", n_samples = "Samples", duplicate_count = "Count",
    member = "Most frequent", estimate = "Estimate", p_value = "p-value",
    q_value = "q-value", phenotype = "Phenotype", labels = "Antigens",
    label_p_value = "Antigens' p",
    label_q_value = "Antigens' q", junction_aa = "CDR3",
    junction_aa_alpha = "CDR3 alpha", junction_aa_beta = "CDR3 beta",
    junction_aa_gamma = "CDR3 gamma", junction_aa_delta = "CDR3 delta",
    samples = "Samples", links = "Links"
)
explorer_sequences <- c("motif", "member", "junction_aa",
    paste0("junction_aa_", chain_names))

# What the estimate of the test is.
estimate_labels <- c(fisher = "Odds ratio", logistic = "Odds ratio",
    wilcoxon = "P(more)", chisq = "Cramer's V", kruskal = "Epsilon squared",
    spearman = "Rank correlation", linear = "Slope", cox = "Hazard ratio")

# The columns of a table: texts of residues wide and in letters of one width,
# numbers with separators.
explorer_columns <- function(rows, labels = explorer_labels) {
    sapply(names(rows), function(name) {
        column <- rows[[name]]
        sequence <- name %in% explorer_sequences
        wide <- if (is.character(column)) max(nchar(column), 4L, na.rm = TRUE)
            else 4L
        reactable::colDef(
            name = labels[[name]],
            class = if (sequence) "sequence",
            minWidth = max(9 * nchar(labels[[name]]) + 40,
                if (sequence) min(20 + 8.5 * wide, 420)
                else min(8 * wide, 200)),
            # The largest first, but for p-values.
            defaultSortOrder = if (is.numeric(column) &&
                !grepl("_value|cluster", name)) "desc" else "asc",
            na = "", sortNALast = TRUE,
            format = if (name %in% c("size", "duplicate_count", "n_samples",
                "links")) reactable::colFormat(separators = TRUE,
                locales = "en-US")
        )
    }, simplify = FALSE)
}

explorer_reactable <- function(rows, labels = explorer_labels, ...) {
    reactable::reactable(
        rows, columns = explorer_columns(rows, labels), highlight = TRUE,
        compact = TRUE, wrap = FALSE, showSortable = TRUE, minRows = 1,
        paginationType = "simple", showPageSizeOptions = TRUE,
        pageSizeOptions = c(10, 15, 50, 100), ...
    )
}

clusters_widget <- function(rows, labels) {
    explorer_reactable(
        rows, labels, elementId = "clusters", defaultPageSize = 15,
        searchable = TRUE,
        searchMethod = htmlwidgets::JS("function(rows, columns, value) {
            return explorer.search(rows, columns, value); }"),
        selection = "single", onClick = "select",
        language = reactable::reactableLang(
            searchPlaceholder = "Search clusters and CDR3s",
            searchLabel = "Search clusters and CDR3s",
            noData = "No cluster found", selectRowLabel = "Choose cluster",
            pageInfo = "{rowStart} to {rowEnd} of {rows}"
        )
    )
}

# Filled when a cluster is chosen.
members_widget <- function(members, with_samples) {
    columns <- c(members$chains, intersect(c("v_call", "j_call",
        "duplicate_count"), members$columns),
        if (with_samples) "samples", "links")
    text <- columns %in% c(members$chains, "v_call", "j_call")
    rows <- lapply(text, function(is_text) {
        if (is_text) strrep("C", 16L) else 0
    })
    explorer_reactable(
        as.data.frame(stats::setNames(rows, columns)), elementId = "members",
        language = reactable::reactableLang(noData = "No members",
            pageInfo = "{rowStart} to {rowEnd} of {rows}")
    )
}
