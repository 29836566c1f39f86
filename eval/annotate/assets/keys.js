// A key presses the button that names it.
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  for (const button of document.querySelectorAll('button[data-key]')) {
    if (button.dataset.key === event.key) {
      event.preventDefault();
      button.click();
      return;
    }
  }
});
// The end of a long conversation is what was answered.
const talk = document.querySelector('.talk');
if (talk) talk.scrollTop = talk.scrollHeight;
