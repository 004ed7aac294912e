"""What the story of the demo's year asks of each light, reckoned by hand.

One line a promise: its lights on 31 March, 30 June, 30 September and 31 December 2023,
and why, from the tables of `patentwatch/demo/year` and the ledger's rules. "Quiet" days
are those since the newest record: 90 are green, 180 yellow. "Made up in the month" is
the rule that what was red earlier in a month stays yellow in it. What the register
measures is not here.
"""

_STORY = """
1.1 GGGG a meeting of the kind in February, May, August and November
1.2 YGGG first study on 8 March: red on the 1st, made up in the month; then June,
    September, December
1.3 GGGG issued 20 March
1.4 GGGG in force from 1 April
2.1 GYGG leading group in February, July, November: 135 quiet days at the end of June
2.2 GGGG issued 26 May
2.3 GGGG a task finished in February, June, September, December
2.4 YGGG 2, 5, 8, 10 of ten tasks done: 20 % is below 0.9 but above 0.6 of 24.5 %
3.1 GGGG in force from 1 September, long before the due day
3.2 GGGG issued 10 August
3.3 GGGG awarded 15 November
3.4 GGGG issued 16 October
3.5 RGGG first such policy 27 April, then August, October
3.8 GGGG 31,600, 33,200 and 35,080 marks: never below 0.9 of the line, at the end over
    35,000
3.9 RYGG 1, 4, 8, 10 filed of 2.4, 4.9, 7.5, 10 expected; the tenth on 18 December
4.1 RGGG first recommended 12 April
4.2 YGGG last filed 10 November 2022: 141 days; then April, July, October
4.3 RGGG 40 % to beat; 2 of 10 on the list, then 4, 6, 8 of 10
4.4 RGYG recommended 12 April and 18 October: 171 quiet days at the end of September
4.5 GGGG all three levels stood since 2022
4.6 GGGY the plan names a real firm, of which nothing is invented: not done, due at the
    end
4.7 RGGG formed in May, August, November
4.8 RRYG none, none, 3, 5 designated of 1.2, 2.5, 3.7, 5 expected
4.9 RYYG 0, 2, 4, 5; on 1 September 2 were less than 0.6 of 3.34: red, so yellow that
    month
5.1 YGGG first on 14 March: made up in the month
5.2 RYYG first on 27 June: made up in the month; 95 quiet days in September; October
5.3 GGGG 31.2 % to beat: never below it
5.4 GGGG three bases stood since 2021
5.5 GGGG started 5 September
5.6 GGGG in force from 1 July
5.7 RGGG April, July, October
5.8 GGYY statistics of December 2022, June, December: more than 180 quiet days from 28
    December, made up on the 31st
5.9 RYYG first on 20 June: red on 1 June (0 of 0.8); 1 of 1.5; the second in November
7.1 RGGG 0, 3, 5, 5 approved
7.2 YRGG put to use 8 December 2022, then 21 July and 31 October: 204 quiet days in June
7.3 GRGG 1 of 4 to beat; 1 of 7 in June is less than 0.6 of 25 %; 3 of 9, 5 of 9
7.4 YRGG as 7.2
8.1 YGGG first on 10 March: made up in the month
8.2 RGGG from a university or a person in April, July, October
8.3 RGYG from a university to a small firm in April and October
8.4 RRGG asleep until July
8.5 YRRG rewarded 20 December 2022 and 18 October 2023
8.6 GGGG from outside in February, May, August, November
8.7 GGGG 1 of 3 to beat; 2 of 3, 3 of 5, 4 of 9, 6 of 11
8.8 RRGG applied in August and November
8.9 RRYY recognised 6 September: red on the 1st; 116 quiet days in December
9.1 GGGG a loan in every quarter
9.2 GGGG as 9.1
9.3 YGGG first on 29 March: made up in the month
9.4 GYGG listed in February, July, October
9.5 RGGG mixed in May, September, November
9.6 RGGG insured in May, September, November
9.7 RYGG 24, 78, 147, 213 million of 48.9, 98.9, 149.5, 200
9.8 YRRG paid 15 December 2022 and 20 November 2023
9.9 GGGY overdue on 31 October, settled on 20 December: made up in the month
10.1 GGGG started in January, April and later
10.2 YGGG first firm on 16 March: made up in the month
10.3 GGGG two zones stood since 2022
10.4 RGGG April, July, October
10.5 GGGG one base stood since 2022
10.6 GGGG January, May, August, November
10.7 GGGG as 10.1
11.1 GGGG issued 6 March
11.2 GGGG inspected in March, June, August, November
11.3 YGGG 3 of 4 files to beat; none reviewed, then 2 of 3, 5 of 6, 9 of 10
11.4 GGGG 12 cases to beat: 3, 7, 12, 15 closed
11.5 YGGG patents, 3 to beat: none on 1 March was red; 1, 2, 4, 5
11.6 GGGG marks, 6 to beat: 2, 5, 7, 9
11.7 RRRR indications, 3 to beat: none, none, 1, 1
11.8 GGGG issued 28 April
11.9 RYGG first task done on 20 June: made up in the month
11.10 GGGG February, May, August, October
11.11 YGGG first on 15 March: made up in the month
11.12 YGGG first handbooks on 15 March: made up in the month
11.13 RGGG 1, 5, 7, 8 of nine townships; the ninth has until 31 March 2024, asked for in
    time
12.1 GGGG February, June, September, November
12.2 YYGG 1, 2, 3, 4 ways; red on 1 March, and on 14 June (1 of 1.8)
12.3 GGGG stations stood since 2022
12.4 GGGG asked for in February, April, July, October
12.5 GGGG January, June, September, November
12.6 YGGG 1, 3, 4, 5 kinds of places of 1.2, 2.5, 3.7, 5
12.7 RYGG first on 6 June: made up in the month
12.8 RGYG in May and November
12.9 GGGG accepted in February, June, September, October
12.10 RRGG guided in July and October
12.11 GGGG started 15 May
12.12 GGGG issued 19 September
12.13 GGGG engaged in February, June, September, November
12.14 RGGG April, July, October
12.15 GGGG closed in February, May, July, October
12.16 YGGG 5, 6, 7, 8 of eight counties from five: 62.5 % is below 0.9 of 71.7 %
13.1 RGGG supervised in April, August, November
13.2 GGGG received in every quarter
13.3 YYGG 60 days to beat: a median of 70, of 62, then 53.5 and less
13.4 YGGG first on 22 March: made up in the month
13.5 RYYG first on 29 June: made up in the month; 93 quiet days in September
13.6 YGGG the last simple case closed on 25 November 2022: 126 days
13.7 RRGG July and October
13.8 GGGG issued 27 September
13.9 GGGG issued 8 December
13.10 RRGG August and November
13.11 RGYG on the net in April, June, November: 96 quiet days in September
13.12 RGGG May, August, November
14.1 RGGG April, July, November
14.2 RYYG first on 5 June: made up in the month; then November
14.3 RGGG May, September, October
14.4 RGGG April, July, November
14.5 GGGG issued 30 October
14.6 RGGG May, August, November
14.7 RRGG August and November
14.8 RYGG first on 5 June: made up in the month
14.9 RGGG April, June, September, November
15.1 GGGG February, May, August, November
15.2 YGGG online 26 April: within thirty days of 30 April at the end of March, then done
15.3 GGGG 26 April
15.4 GGGG 31 May
15.5 GGGG 31 August
15.6 GGGG 30 November
15.7 GGGG as 15.1
15.8 GGGG 18 September
16.1 RGGG May, August, November
16.2 RYYG first on 8 June: made up in the month; October
16.3 RGYG inspected in May and November
16.4 GGGG February, June, September, December
16.5 GGGG as 16.4
16.6 GGGG as 16.4
17.1 YGGG first on 9 March: made up in the month
17.2 RGGG selected 12 May
17.3 RGGG 0, 1, 2, 2 of 0.5, 1.0, 1.5, 2
17.4 GGGG built 20 December
17.5 RGGG April, July, October
17.6 YGGG first on 9 March: made up in the month
17.7 RGGG May, August, November
17.8 RRGG July and October
18.1 GGGG 7 of 8 letters in February, the last in April
18.2 GGGG the ledger's tasks were given in February
18.3 RGGG inspected in April, July, October
18.4 YGYY done in time 2 of 12, then 7, 10, 13 of 15
18.5 RRGG all eight assessed on 14 July
18.6 GGGG used 28 December
18.7 RGGG as 18.3
18.8 RGGG May, September, December
18.9 GGGG up from tenth to eighth
18.10 GGGY ninth as before: not done, due at the end
19.1 GGGG an event in every quarter
19.2 GGGG 20 April
19.3 GGGG 13 November
19.4 GGGG March, June, August, October
19.5 GGGG February, April, July, October
19.6 GGGG February, May, August, November
19.7 YGGG first on 28 March: made up in the month
19.8 YRRG designated 8 November 2022, 10 October and 8 December
19.9 RRRG 0, 0, 0, 10 of ten
19.10 RGGG 0, 3, 5, 5 of five places
"""

LETTERS = {"G": "green", "Y": "yellow", "R": "red"}

LIGHTS: dict[str, str] = {
    words[0]: words[1]
    for line in _STORY.strip().splitlines()
    if not line.startswith(" ")
    for words in [line.split()]
}
