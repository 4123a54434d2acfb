// The sound of an answer, held back until its words were reviewed.
#include "call/answer_sound.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace overture::call {
namespace {

/// Somebody who says so many letters, then pauses; each letter is a tone as long as they take for it.
std::string spoken(std::size_t letters, double msPerLetter, milliseconds pause = milliseconds(250)) {
    std::string sound;
    const auto bytes = static_cast<std::size_t>(static_cast<double>(letters) * msPerLetter * 8);
    for (std::size_t i = 0; i < bytes; ++i)
        sound += static_cast<char>(
            toMulaw(static_cast<std::int16_t>(8000 * std::sin(static_cast<double>(i) * 0.3))));
    return sound + silence(pause);
}

struct Heard {
    std::map<int, std::string> of;
    std::vector<int> ended;
    std::size_t bytes = 0;
};
void take(AnswerSound& from, Heard& into) {
    for (const auto& piece : from.take()) {
        into.of[piece.sentence] += piece.mulaw;
        into.bytes += piece.mulaw.size();
        if (piece.last) into.ended.push_back(piece.sentence);
    }
}

const std::string kFirst = "Your roof would cost about nine thousand.",
                  kSecond = "Is tomorrow at three good for you?";

class AnswerSoundTest : public ::testing::TestWithParam<double> {};

TEST_P(AnswerSoundTest, NothingOfWhatWasNotReviewedIsHeard) {
    const auto first = spoken(kFirst.size(), GetParam()), second = spoken(kSecond.size(), GetParam());
    AnswerSound sound;
    Heard heard;
    sound.sound(first + second);
    take(sound, heard);
    EXPECT_EQ(heard.bytes, 0u) << "no sentence was reviewed";
    sound.sentence(1, kFirst);
    take(sound, heard);
    EXPECT_GT(heard.bytes, 0u) << "it does not wait for the rest";
    EXPECT_LE(heard.bytes, first.size()) << "nothing of the second";
    sound.sentence(2, kSecond);
    take(sound, heard);
    EXPECT_LE(heard.bytes, (kFirst.size() + kSecond.size()) * 40 * 8);
    sound.soundEnded();
    sound.allReviewed();
    take(sound, heard);
    EXPECT_TRUE(sound.over());
    EXPECT_EQ(heard.ended, (std::vector<int>{1, 2}));
    EXPECT_TRUE((first + second).starts_with(heard.of[1] + heard.of[2])) << "in order";
    EXPECT_GT(heard.bytes, (first + second).size() - 270 * 8) << "all of it, but for the silence at its end";
    if (GetParam() < 80) {  // who is slower than that ends before the pause is looked for
        EXPECT_NEAR(static_cast<double>(heard.of[1].size()), static_cast<double>(first.size()), 250 * 8)
            << "each sentence its own";
    }
}

TEST_P(AnswerSoundTest, PiecesAsTheyComeAreTheSame) {
    const auto all = spoken(kFirst.size(), GetParam()) + spoken(kSecond.size(), GetParam());
    AnswerSound sound;
    Heard heard;
    sound.sentence(1, kFirst);
    for (std::size_t at = 0; at < all.size(); at += 333) {
        sound.sound(std::string_view(all).substr(at, 333));
        if (at > all.size() / 3 && heard.of.size() < 2) {
            if (sound.texts().size() < 2) sound.sentence(2, kSecond);
        }
        take(sound, heard);
    }
    sound.allReviewed();
    sound.soundEnded();
    take(sound, heard);
    EXPECT_TRUE(all.starts_with(heard.of[1] + heard.of[2]));
    EXPECT_GT(heard.bytes, all.size() - 270 * 8);
    EXPECT_EQ(heard.ended, (std::vector<int>{1, 2}));
}

TEST_P(AnswerSoundTest, AfterACutTheLastSentenceEndsInThePauseAndNoFurther) {
    const auto first = spoken(kFirst.size(), GetParam()), second = spoken(kSecond.size(), GetParam());
    AnswerSound sound;
    Heard heard;
    sound.sound(first + second);
    sound.sentence(1, kFirst);
    sound.cut();
    take(sound, heard);
    EXPECT_TRUE(sound.over());
    EXPECT_EQ(heard.ended, std::vector<int>{1});
    EXPECT_LE(heard.bytes, first.size()) << "nothing of what was refused";
    if (GetParam() > 50 && GetParam() < 80) {
        EXPECT_GT(heard.bytes, first.size() - 300 * 8) << "and all of what was not";
    }
    sound.sound(second);
    take(sound, heard);
    EXPECT_LE(heard.bytes, first.size());
}

TEST_P(AnswerSoundTest, AShortSentenceAfterALongOneOpensNothingBeyondIt) {
    const auto first = spoken(kFirst.size(), GetParam()), second = spoken(3, GetParam()),
               third = spoken(kSecond.size(), GetParam());
    AnswerSound sound;
    Heard heard;
    sound.sound(first + second + third);
    sound.sentence(1, kFirst);
    sound.sentence(2, "Ok.");
    take(sound, heard);
    EXPECT_LE(heard.bytes, first.size() + second.size());
}

INSTANTIATE_TEST_SUITE_P(Paces, AnswerSoundTest, ::testing::Values(45, 55, 65, 75, 95));

TEST(AnswerSoundEnds, WordsWithoutASoundAreToldAndSoundWithoutWordsIsDropped) {
    AnswerSound words;
    words.sentence(1, kFirst);
    words.soundEnded();
    words.allReviewed();
    EXPECT_TRUE(words.silent());
    EXPECT_EQ(words.texts().front().second, kFirst);
    AnswerSound noise;
    noise.sound(spoken(20, 65));
    noise.soundEnded();
    noise.allReviewed();
    EXPECT_TRUE(noise.take().empty());
    EXPECT_TRUE(noise.over());
}

TEST(AnswerSoundEnds, LettersAreCountedAndNotBytes) {
    const std::string hindi = "क्या कल तीन बजे ठीक रहेगा?";
    AnswerSound sound;
    sound.sound(spoken(200, 65));
    sound.sentence(1, hindi);
    std::size_t bytes = 0;
    for (const auto& piece : sound.take()) bytes += piece.mulaw.size();
    EXPECT_EQ(bytes, 26u * 40 * 8);
}

}  // namespace
}  // namespace overture::call
