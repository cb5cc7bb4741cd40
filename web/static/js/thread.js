// Where the thread scrolls by itself (ticket.css), it opens at its newest words.

const thread = document.querySelector("[data-open-at-end]");
if (thread && !location.hash) thread.scrollTop = thread.scrollHeight;
