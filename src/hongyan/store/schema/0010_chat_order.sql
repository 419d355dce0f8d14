-- The few chats that an account has are put into order when somebody asks; an index of them was moved with every message.
DROP INDEX chat_latest;
