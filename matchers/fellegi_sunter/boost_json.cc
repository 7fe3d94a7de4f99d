// Boost.JSON is used header-only: its definitions, once.
#include <boost/json/src.hpp>
