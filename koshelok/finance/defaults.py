"""The categories that a new workspace starts with, in its first owner's language."""

from koshelok.finance.models import Type

DEFAULT_CATEGORIES: tuple[tuple[str, Type, dict[str, str]], ...] = (
    ("FOOD", Type.EXPENSE, {"uz": "Oziq-ovqat", "ru": "Продукты", "en": "Food"}),
    (
        "DATA",
        Type.EXPENSE,
        {"uz": "Internet va aloqa", "ru": "Интернет и связь", "en": "Internet and phone"},
    ),
    ("TRANSPORT", Type.EXPENSE, {"uz": "Transport", "ru": "Транспорт", "en": "Transport"}),
    ("MISCELLANEOUS", Type.EXPENSE, {"uz": "Boshqa", "ru": "Прочее", "en": "Other"}),
    ("SALARY", Type.INCOME, {"uz": "Ish haqi", "ru": "Зарплата", "en": "Salary"}),
)
