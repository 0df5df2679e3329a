"""The villager's web page: plain forms, complete without JavaScript.

`channel` hands it to the house; `router` lists every address and whose it is: `asking` (`answers` draws
the answer, `topics` what stands around it, `judging` hears whether it helped), `reporting` (`draft` is
what she wrote, `form` says what comes next, `receipt` and its `slip` are the end), `mailbox` (`adding`),
`chatting` (`transcript` is what its page shows again, `lately` answers a second press), `leaving`. All of
them stand on `pages`, `sent`, `files` and `cookies`.
"""

#: The channel's name on talks, tickets and parcels.
CHANNEL = "web"
