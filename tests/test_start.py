from partnership import tokens


def test_a_token_speaks_of_the_row_it_was_made_for():
    assert tokens.read("rsvp", tokens.make("rsvp", 7, 2)) == (7, 2)
