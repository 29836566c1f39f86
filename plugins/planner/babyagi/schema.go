package babyagi

import (
	"encoding/json"
	"fmt"
)

// The schemas of replies depend on the config and on what is allowed alone: one
// that changed from turn to turn would make a server compile a grammar for each.

func executeSchema(actions json.RawMessage) json.RawMessage {
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["thought","place","actions","result"],"properties":{`+
		`"thought":{"type":"string","maxLength":%d},"place":{"type":"string","maxLength":%d},"actions":%s,"result":{"type":"string","maxLength":%d}}}`,
		maxThought, maxPlace, actions, maxResult)
}

func createSchema(maxList int) json.RawMessage {
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["tasks"],"properties":{`+
		`"tasks":{"type":"array","maxItems":%d,"items":{"type":"string","maxLength":%d}}}}`, maxList, maxTask)
}

func prioritiseSchema(maxList int) json.RawMessage {
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["order"],"properties":{`+
		`"order":{"type":"array","maxItems":%d,"items":{"type":"integer","minimum":1}}}}`, maxList)
}

func manageSchema(maxList int) json.RawMessage {
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["tasks"],"properties":{`+
		`"tasks":{"type":"array","maxItems":%d,"items":{"type":"object","additionalProperties":false,"required":["id","task"],"properties":{`+
		`"id":{"type":"integer","minimum":0},"task":{"type":"string","maxLength":%d}}}}}}`, maxList, maxTask)
}
