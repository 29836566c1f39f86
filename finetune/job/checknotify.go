package job

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// notify checks who is told.
func (c *checker) notify(j *Job) {
	n := &j.Notify
	if len(n.Command) > 4096 || strings.ContainsFunc(n.Command, unicode.IsControl) {
		c.say("notify.command", "notify.command is no line of shell", "it holds a control character or is longer than 4096 bytes", "put it into a script, and name that")
	}
	if n.WebhookEnv != "" && !regexp.MustCompile(`^[A-Za-z_]\w{0,99}$`).MatchString(n.WebhookEnv) {
		c.say("notify.webhook_env", "notify.webhook_env is no name of a variable", "a webhook's URL is a secret, and the file is kept and shown", "put the URL into an environment variable and name it here")
	}
	if n.Mail == "" {
		return
	}
	if !regexp.MustCompile(`^[\w.+-]{1,64}(@[\w-]+(\.[\w-]+)*)?$`).MatchString(n.Mail) || len(n.Mail) > 200 {
		c.say("notify.mail", fmt.Sprintf("notify.mail cannot be %.60q", n.Mail), "it is no address", "write name@host")
	}
	if j.Cluster.Kind == "local" {
		c.say("notify.mail", "notify.mail with cluster.kind: local", "it is Slurm that writes mail", "use notify.command or notify.webhook_env")
	}
}
