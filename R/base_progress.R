# Progress on a terminal; cli says nothing elsewhere.

# A step without a known end.
with_progress <- function(what, expression) {
    bar <- progress_bar(what, NA)
    if (!is.null(bar)) {
        on.exit(cli::cli_progress_done(id = bar))
        # Nothing moves it on: it must be shown now. Files of messages would
        # have a line of each.
        if (cli::is_dynamic_tty()) {
            cli::cli_progress_update(set = 0, id = bar, force = TRUE)
        }
    }
    expression
}

# Not in documents, which would show each step of it.
progress_bar <- function(what, total) {
    if (isTRUE(getOption("knitr.in.progress"))) return(NULL)
    cli::cli_progress_bar(what, total = total, .envir = parent.frame(2))
}
