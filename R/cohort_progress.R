# One bar over a whole run: stage, share and the time to go. Where there is no
# terminal that can redraw it, a line for each stage; in documents nothing.

cohort_progress <- function() {
    silent <- isTRUE(getOption("knitr.in.progress"))
    bar <- NULL
    if (!silent && cli::is_dynamic_tty()) {
        state <- environment()
        stage <- "Reading"
        bar <- cli::cli_progress_bar(
            total = 1000, clear = TRUE, auto_terminate = FALSE,
            # Else it would end with this function.
            .auto_close = FALSE,
            format = paste("{cli::pb_extra$about()} {cli::pb_bar}",
                "{cli::pb_percent} | to go: {cli::pb_eta}"),
            extra = list(about = function() state$stage),
            .envir = state
        )
    }
    # Reading and clustering take about as long as each other.
    starts <- c(Training = 0, Reading = 0, Clustering = 0.5, Writing = 0.95)
    reached <- 0
    ends <- c(Training = 0.2, Reading = 0.5, Clustering = 0.95, Writing = 1)
    list(
        step = function(name, share, detail = "") {
            if (is.null(bar)) return(invisible())
            stage <<- trimws(paste(name, detail))
            at <- starts[[name]] + share * (ends[[name]] - starts[[name]])
            # Reading comes after training, and never goes back.
            reached <<- max(reached, at)
            cli::cli_progress_update(set = 1000 * reached, id = bar)
        },
        say = function(...) {
            if (!silent) inform("stage", ...)
        },
        finish = function() {
            if (!is.null(bar)) cli::cli_progress_done(id = bar)
            bar <<- NULL
        }
    )
}
