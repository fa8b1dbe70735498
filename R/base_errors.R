# Typed conditions. Every error of the package has the class "clustcr_error"
# and, in front of it, one that says which kind it is, so that a script can
# tell a full disk ("clustcr_error_disk_full") from a wrong argument.

raise_error <- function(kind, message) stop(new_error(kind, message))

new_error <- function(kind, message) {
    structure(
        class = c(
            paste0("clustcr_error_", kind), "clustcr_error", "error",
            "condition"
        ),
        c(list(message = message, call = user_call()),
            named_in(kind, message))
    )
}

# The call of ours that the user made, so that "Error in clusterSummary(x)" says
# where to look.
user_call <- function() {
    own <- topenv()
    for (i in seq_len(sys.nframe())) {
        home <- environment(sys.function(i))
        if (is.null(home) || !identical(topenv(home), own)) next
        call <- sys.call(i)
        # do.call() puts whole tables into a call.
        plain <- vapply(as.list(call)[-1L], function(x) {
            is.language(x) || (is.atomic(x) && length(x) <= 1L)
        }, NA)
        if (all(plain)) return(call)
        return(if (is.language(call[[1L]])) as.call(list(call[[1L]])))
    }
    NULL
}

# What messages name in one form, as fields: the argument in backticks, the file
# in quotes, the line.
named_in <- function(kind, message) {
    first <- function(pattern) {
        found <- regmatches(message, regexec(pattern, message, perl = TRUE))
        if (length(found[[1L]])) found[[1L]][[2L]]
    }
    line <- first("\\bline ([0-9]+)")
    Filter(Negate(is.null), list(
        argument = if (kind == "invalid_argument") first("^`([^`]+)`"),
        file = if (kind %in% c("format", "io", "damaged", "changed"))
            first("(?:^|[ (])'([^']+)'"),
        line = if (!is.null(line)) as.numeric(line)
    ))
}

bad_argument <- function(...) raise_error("invalid_argument", paste0(...))

# A note to the user that is not an error; suppressMessages() silences it.
# `.fields` goes with it, for those who look at the condition.
inform <- function(kind, ..., .fields = NULL) {
    message(structure(
        class = c(
            paste0("clustcr_message_", kind), "clustcr_message", "message",
            "condition"
        ),
        c(list(message = paste0(..., "\n"), call = NULL),
            .fields)
    ))
}
